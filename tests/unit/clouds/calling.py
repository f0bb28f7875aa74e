"""Short ways for tests to send calls and to read what came back."""

import asyncio

from bot.clouds.signing import Signer
from bot.clouds.transport import Call, Limits, Transport
from bot.errors import CloudNotFoundError, CloudThrottledError, CloudUnavailableError

READ = Call("Look", "GET", "/things", {"x-acs-action": "Look"})
WRITE = Call("Change", "POST", "/things", {"x-acs-action": "Change"}, is_write=True)
QUICK = Limits(backoff_seconds=0.001, total_seconds=5)


class Stamping(Signer):
    """Adds a secret header that is new for every attempt, as a real signature is."""

    def __init__(self):
        self.given = 0

    def stamps(self, method, target, headers, body):
        self.given += 1
        secret = f"ACS3-HMAC-SHA256 Credential=ak,Signature=very-secret-{self.given}"
        return {"authorization": secret}


def transport_to(url, limits=QUICK, tls=None):
    return Transport(url, cloud="test", auth=Stamping(), limits=limits, tls=tls)


def decode(answer):
    if answer.status == 404:
        raise CloudNotFoundError("gone", cloud="test", operation="Look")
    if answer.status == 429:
        after = float(answer.headers["x-wait"]) if "x-wait" in answer.headers else None
        raise CloudThrottledError("slow", cloud="test", operation="Look", retry_after=after)
    if answer.status >= 500:
        raise CloudUnavailableError("down", cloud="test", operation="Look")
    return answer.body.decode()


async def sent(transport, call, decode=decode):
    try:
        return await transport.send(call, decode)
    finally:
        await transport.aclose()


async def unused_port():
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port
