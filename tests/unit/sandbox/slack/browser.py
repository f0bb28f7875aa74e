"""What a browser asks the sandbox for."""


class Browser:
    def __init__(self, slack, session):
        self.slack, self.session = slack, session

    async def act(self, name, status=200, **body):
        body = {"user": "U0ADA"} | body
        answer = await self.session.post(f"{self.slack.base_url}/sandbox/{name}", json=body)
        assert answer.status == status
        return await answer.json()

    async def state(self, user="U0ADA"):
        return await self.read("state", **({"user": user} if user else {}))

    async def read(self, name, status=200, **query):
        url = f"{self.slack.base_url}/sandbox/{name}"
        answer = await self.session.get(url, params=query)
        assert answer.status == status
        return await answer.json()

    async def upload(self, name="notes.txt", content=b"hello", status=200, user="U0ADA", **more):
        answer = await self.session.post(
            f"{self.slack.base_url}/sandbox/upload",
            params={"user": user, "name": name},
            data=content,
            headers={"Content-Type": "application/octet-stream"} | more,
        )
        assert answer.status == status
        return await answer.json()
