"""grpclib's channel with one socket write per turn of the event loop instead of one per frame.

Two writes a call, five or six a message, were about a third of the connector's time (measured with cProfile).
The third-party imports happen inside :func:`make_channel`, so importing this module does nothing.
"""

from __future__ import annotations

import asyncio
from typing import Any

from bot.wechat.timing import Timing


class GatheringTransport:
    """A transport that writes what was gathered in one turn of the loop at its end."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._gathered: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Keep it until the loop's next turn."""
        if data:
            if not self._gathered:
                self._loop.call_soon(self._flush)
            self._gathered.append(data)

    def close(self) -> None:
        """Write the rest and close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        gathered, self._gathered = self._gathered, []
        if gathered and not self._transport.is_closing():
            self._transport.write(b"".join(gathered))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def make_channel(host: str, port: int, token: str, timing: Timing) -> Any:
    """A plain HTTP/2 channel, not connected yet: keepalive on, the token as authority."""
    from grpclib.client import Channel, Handler
    from grpclib.config import Configuration
    from grpclib.protocol import H2Protocol

    class GatheringProtocol(H2Protocol):  # type: ignore[misc, unused-ignore]
        def connection_made(self, transport: Any) -> None:
            gathering: Any = GatheringTransport(transport, asyncio.get_running_loop())
            super().connection_made(gathering)

    class GatheringChannel(Channel):  # type: ignore[misc, unused-ignore]
        def _protocol_factory(self) -> Any:
            return GatheringProtocol(Handler(), self._config, self._h2_config)

    config = Configuration(
        _keepalive_time=timing.keepalive,
        _keepalive_timeout=timing.keepalive,
        _keepalive_permit_without_calls=True,
        _http2_max_pings_without_data=0,
        _http2_min_sent_ping_interval_without_data=timing.keepalive,
    )
    channel = GatheringChannel(host, port, config=config)
    channel._authority = token
    return channel
