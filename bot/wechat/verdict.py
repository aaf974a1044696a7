"""Whether a send that went wrong can have reached WeChat."""

from __future__ import annotations

from bot.connector import Refusal, SendState
from bot.wechat.faults import GatewayFault, NotReached, Refused

# Statuses that say the message was looked at and not taken. The rest may hide a message that went out.
NOT_SENT = frozenset(
    {
        "UNAUTHENTICATED",
        "PERMISSION_DENIED",
        "INVALID_ARGUMENT",
        "NOT_FOUND",
        "UNIMPLEMENTED",
        "FAILED_PRECONDITION",
        "RESOURCE_EXHAUSTED",
        "OUT_OF_RANGE",
    }
)
# The gateway answers UNKNOWN for whatever its puppet throws: not sent, unless the puppet itself was waiting.
PUPPET_THREW = frozenset({"UNKNOWN", "INTERNAL"})
PUPPET_WAITED = ("timeout", "timed out", "time out", "超时", "econnreset", "socket hang up")


def state_after(fault: GatewayFault) -> SendState:
    """FAILED when surely nothing went out, else UNKNOWN."""
    if isinstance(fault, NotReached):
        return SendState.FAILED
    if isinstance(fault, Refused):
        waited = any(word in fault.message.lower() for word in PUPPET_WAITED)
        if fault.status in NOT_SENT or (fault.status in PUPPET_THREW and not waited):
            return SendState.FAILED
    return SendState.UNKNOWN


# What puppets throw when WeChat itself says that an account does too much.
LIMITED_STATUSES = frozenset({"RESOURCE_EXHAUSTED", "PERMISSION_DENIED", "UNAUTHENTICATED"})
LIMITED_WORDS = (
    "频繁",
    "限制",
    "too many",
    "too fast",
    "too often",
    "rate limit",
    "restricted",
    "forbidden",
    "blocked",
)


def refusal_in(fault: GatewayFault) -> Refusal:
    """Whether WeChat has refused to send, as against a message that got lost on the way."""
    if not isinstance(fault, Refused) or state_after(fault) is not SendState.FAILED:
        return Refusal.NONE
    limited = any(word in fault.message.lower() for word in LIMITED_WORDS)
    return Refusal.LIMITED if limited or fault.status in LIMITED_STATUSES else Refusal.REFUSED
