"""Live listeners: everyone gets everything, and nobody can hold up the chat."""

from __future__ import annotations

from bot.local.audience import MOST_BEHIND, Audience
from storage.local import LocalSaid
from tests.local.town import NOW


def said(number: int) -> LocalSaid:
    """A message."""
    return LocalSaid(
        id=number, group_id=1, contact=None, talker="zhang3", name="张三", text=str(number), at=NOW
    )


async def test_every_listener_hears_everything_in_order() -> None:
    audience = Audience()
    with audience.listening() as first, audience.listening() as second:
        for number in range(3):
            audience.tell(said(number))
        assert [queue.qsize() for queue in (first, second)] == [3, 3]
        assert [first.get_nowait() for _ in range(3)] == [said(number) for number in range(3)]


async def test_who_left_hears_nothing_more() -> None:
    audience = Audience()
    with audience.listening() as queue:
        pass
    audience.tell(said(1))
    assert queue.empty()


async def test_who_is_too_far_behind_is_let_go() -> None:
    audience = Audience()
    with audience.listening() as slow:
        for number in range(MOST_BEHIND + 5):
            audience.tell(said(number))
        heard = [slow.get_nowait() for _ in range(slow.qsize())]
    assert heard[-1] is None
    assert len(heard) == MOST_BEHIND + 1
