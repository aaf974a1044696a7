"""Which faults of a send are surely not sent."""

from __future__ import annotations

import pytest

from bot.connector import Refusal, SendState
from bot.wechat.faults import GatewayFault, LinkLost, NoAnswer, NotReached, Refused
from bot.wechat.verdict import refusal_in, state_after


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


@pytest.mark.parametrize(
    ("fault", "refusal"),
    [
        (Refused("UNKNOWN", "some error of the puppet"), Refusal.REFUSED),
        (Refused("UNKNOWN", "操作过于频繁，请稍后再试"), Refusal.LIMITED),
        (Refused("INTERNAL", "Error: you are sending too many messages"), Refusal.LIMITED),
        (Refused("RESOURCE_EXHAUSTED", ""), Refusal.LIMITED),
        (Refused("UNKNOWN", "timeout while sending"), Refusal.NONE),
        (NotReached("no connection"), Refusal.NONE),
        (LinkLost("gone"), Refusal.NONE),
    ],
)
def test_only_wechats_own_no_is_a_refusal(fault: GatewayFault, refusal: Refusal) -> None:
    assert refusal_in(fault) is refusal
