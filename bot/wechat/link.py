"""One connection to a wechaty gateway: python-wechaty's own stub, with time limits and errors of ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Iterable, Iterator
from contextlib import aclosing, contextmanager
from typing import Any, Self, TypeVar

from bot.wechat.channel import make_channel
from bot.wechat.faults import LinkLost, NoAnswer, NotReached, Refused
from bot.wechat.timing import Timing

FILE_ROUTE = "/wechaty.Puppet/MessageSendFileStream"
Answer = TypeVar("Answer")
Chunk = TypeVar("Chunk")


def parse_endpoint(endpoint: str) -> tuple[str, int]:
    """``host:port`` → both; ValueError when it is not that. (wechaty would ask an outside host instead.)"""
    host, colon, port = endpoint.removeprefix("http://").rpartition(":")
    if not colon or not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"gateway endpoint must be host:port, not {endpoint!r}")
    return host.strip("[]"), int(port)


def load_protocol() -> None:
    """Import the third-party modules (about 0.1 s of disk work): not on the event loop, not with ours."""
    import grpclib.client  # noqa: F401
    import wechaty_grpc.wechaty  # noqa: F401


class Link:
    """A channel and its stub. Plain HTTP/2 with the token as authority, as the gateway expects of Python."""

    def __init__(self, channel: Any, stub: Any, timing: Timing) -> None:
        self._channel = channel
        self.stub = stub
        self._timing = timing
        self._closed = False

    @classmethod
    async def open(cls, endpoint: str, token: str, timing: Timing) -> Self:
        """Connect now (NotReached otherwise): grpclib alone would only try at the first call."""
        from wechaty_grpc.wechaty import PuppetStub

        channel = make_channel(*parse_endpoint(endpoint), token, timing)
        try:
            async with asyncio.timeout(timing.connect):
                await channel.__connect__()
        except (OSError, TimeoutError) as error:
            channel.close()
            raise NotReached(f"no connection to the gateway ({type(error).__name__})") from error
        return cls(channel, PuppetStub(channel), timing)

    def close(self) -> None:
        """Cut the connection; calls under way fail with LinkLost, later ones with NotReached."""
        self._closed = True
        self._channel.close()

    async def call(self, calling: Coroutine[Any, Any, Answer], *, within: float | None = None) -> Answer:
        """The answer of one call of the stub; NoAnswer, Refused, LinkLost or NotReached otherwise."""
        if self._closed:  # grpclib would quietly connect again, on a channel nobody closes
            calling.close()
            raise NotReached("the connection to the gateway is closed")
        with _translated():
            try:
                async with asyncio.timeout(within or self._timing.call):
                    return await calling
            except TimeoutError as error:
                raise NoAnswer("the gateway did not answer in time") from error

    async def send_file(self, requests: Iterable[Any]) -> Any:
        """Stream a file up; to be given to ``call``. wechaty_grpc's own method needs a betterproto it does not run with."""
        from grpclib.const import Cardinality
        from wechaty_grpc.wechaty.puppet import MessageSendFileStreamRequest, MessageSendFileStreamResponse

        kinds = (MessageSendFileStreamRequest, MessageSendFileStreamResponse)
        async with self._channel.request(FILE_ROUTE, Cardinality.STREAM_UNARY, *kinds) as stream:
            for request in requests:
                await stream.send_message(request)
            await stream.end()
            return await stream.recv_message()

    async def chunks(self, streaming: AsyncIterator[Chunk]) -> AsyncGenerator[Chunk, None]:
        """What a call of the stub streams; faults as of ``call``, but for the time limit, which is the caller's."""
        if self._closed:
            raise NotReached("the connection to the gateway is closed")
        with _translated():
            async for chunk in streaming:
                yield chunk

    async def events(self) -> AsyncGenerator[Any, None]:
        """Every event until the stream ends, which is a LinkLost, also when it ends cleanly."""
        with _translated():
            async with aclosing(self.stub.event()) as events:
                async for event in events:
                    yield event
        raise LinkLost("the gateway ended the stream of events")


@contextmanager
def _translated() -> Iterator[None]:
    from grpclib.exceptions import GRPCError, ProtocolError, StreamTerminatedError

    try:
        yield
    except GRPCError as error:
        raise Refused(error.status.name, error.message or "") from error
    except ConnectionRefusedError as error:
        raise NotReached("the gateway takes no connection") from error
    except (StreamTerminatedError, ProtocolError, OSError) as error:
        raise LinkLost(f"the connection to the gateway broke ({type(error).__name__})") from error
