"""A tiny app on stock Bolt: what any Slack app would do, to hold the simulator to Slack."""

from aiohttp import ClientSession, web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.unit.sandbox.slack import cards


class StockApp:
    """Remembers each payload it got, by kind, and what it was told to answer."""

    def __init__(self, client, **bolt):
        self.client = client
        self.seen = []
        self.submission_answer = {}
        self.options = [cards.option("orders"), cards.option("payments")]
        self.bolt = AsyncApp(client=client, **bolt)
        self.bolt.command("/flink")(self.on_command)
        self.bolt.command("/say")(self.on_say)
        self.bolt.action("approve")(self.on_button)
        self.bolt.action("target")(self.on_target)
        self.bolt.options("job")(self.on_options)
        self.bolt.view("update_modal")(self.on_submission)
        self.bolt.view_closed("update_modal")(self.on_closed)
        self.bolt.shortcut("change_job")(self.on_shortcut)
        self.bolt.shortcut("change_any_job")(self.on_shortcut)
        self.bolt.event("app_home_opened")(self.on_home)

    async def on_command(self, ack, body, client):
        self.seen.append(body)
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=cards.form())

    async def on_say(self, ack, body):
        self.seen.append(body)
        await ack(**cards.said(body["text"]))

    async def on_button(self, ack, body, respond):
        self.seen.append(body)
        await ack()
        if "response_url" in body:
            await respond(text="approved", replace_original=True)

    async def on_target(self, ack, body, client):
        self.seen.append(body)
        await ack()
        if "view" not in body:
            return
        view = body["view"]
        await client.views_update(view_id=view["id"], hash=view["hash"], view=cards.form("2nd"))

    async def on_options(self, ack, body):
        self.seen.append(body)
        await ack(options=self.options)

    async def on_submission(self, ack, body):
        self.seen.append(body)
        await ack(**self.submission_answer)

    async def on_closed(self, ack, body):
        self.seen.append(body)
        await ack()

    async def on_shortcut(self, ack, body, client):
        self.seen.append(body)
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=cards.form())

    async def on_home(self, body, client):
        self.seen.append(body)
        await client.views_publish(user_id=body["event"]["user"], view=cards.home())


class HttpApp(StockApp):
    """The app behind signed HTTP."""

    def __init__(self, api_url, token, secret):
        self.session = ClientSession()
        client = AsyncWebClient(token=token, base_url=api_url, session=self.session)
        super().__init__(client, token=token, signing_secret=secret)
        self._runner = None

    async def start(self):
        server = web.Application()
        server.router.add_post("/slack/events", self._receive)
        self._runner = web.AppRunner(server)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/slack/events"

    async def _receive(self, request):
        answer = await self.bolt.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)

    async def stop(self):
        await self._runner.cleanup()
        await self.session.close()
