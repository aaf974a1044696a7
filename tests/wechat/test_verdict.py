"""Which faults of a send are surely not sent."""

from __future__ import annotations

import pytest

from bot.connector import SendState
from bot.wechat.faults import GatewayFault, LinkLost, NoAnswer, NotReached, Refused
from bot.wechat.verdict import state_after


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (NotReached("x"), SendState.FAILED),
        (Refused("UNAUTHENTICATED", "x"), SendState.FAILED),
        (Refused("UNKNOWN", "not logged in"), SendState.FAILED),
        (Refused("UNKNOWN", "Timeout after 5000 ms"), SendState.UNKNOWN),
        (Refused("INTERNAL", "发送超时"), SendState.UNKNOWN),
        (Refused("UNAVAILABLE", "x"), SendState.UNKNOWN),
        (Refused("DEADLINE_EXCEEDED", "x"), SendState.UNKNOWN),
        (Refused("CANCELLED", "x"), SendState.UNKNOWN),
        (NoAnswer("x"), SendState.UNKNOWN),
        (LinkLost("x"), SendState.UNKNOWN),
    ],
)
def test_only_what_surely_was_not_sent_has_failed(fault: GatewayFault, state: SendState) -> None:
    assert state_after(fault) is state
