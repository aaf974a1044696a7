"""What can go wrong between us and a gateway, as our own errors."""

from __future__ import annotations


class GatewayFault(Exception):
    """Base of the faults of this package; ``reason`` is for the operator and holds nobody's words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LinkLost(GatewayFault):
    """The connection is gone or the stream of events ended: a call may or may not have arrived."""


class NotReached(LinkLost):
    """No connection came about: nothing has been sent."""


class NoAnswer(GatewayFault):
    """The call went out and was not answered in time."""


class Refused(GatewayFault):
    """The gateway answered with an error ``status`` (the name of a gRPC status)."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(f"gateway answered {status}")
        self.status = status
        self.message = message
