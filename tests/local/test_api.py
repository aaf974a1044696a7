"""The chat's API as DESIGN §5 has it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import WSServerHandshakeError

from bot.connector import OutgoingMessage
from bot.local.connector import LocalConnector
from bot.local.errors import ChatNotLoopback
from bot.local.guard import is_loopback, require_loopback
from tests.local.town import Client

API = "/chat/api"


async def post(client: Client, status: int = 201, **body: Any) -> dict[str, Any]:
    """Say something; gives the answer's body."""
    answer = await client.post(f"{API}/messages", json=body)
    assert answer.status == status, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


async def get(client: Client, path: str, status: int = 200, **query: str) -> Any:
    """Ask; gives the answer's body."""
    answer = await client.get(f"{API}/{path}", params=query)
    assert answer.status == status, await answer.text()
    return await answer.json()


async def test_rooms_have_their_members_with_roles(client: Client) -> None:
    first, second = await get(client, "rooms")
    assert (first["id"], first["topic"]) == ("g1", "玉景湾1号群")
    assert first["members"] == [
        {"id": "bot", "name": "助手", "role": "bot"},
        {"id": "zhou", "name": "周师傅", "role": "response_team"},
        {"id": "li4", "name": "李四", "role": "steward"},
        {"id": "zhang3", "name": "张三", "role": "resident"},
        {"id": "wang", "name": "王阿姨", "role": "resident"},
    ]
    assert [member["id"] for member in second["members"]] == ["bot", "zhou", "li4", "zhao"]


async def test_contacts_are_everyone_one_can_play(client: Client) -> None:
    people = {person["id"]: person["role"] for person in await get(client, "contacts")}
    assert people == {
        "li4": "steward",
        "zhou": "response_team",
        "qian": "admin",
        "zhang3": "resident",
        "wang": "resident",
        "zhao": "resident",
    }


async def test_what_is_said_in_a_room_is_read_there(client: Client) -> None:
    said = await post(client, talker="zhang3", room="g1", text="楼道灯坏了 @李四")
    [message] = await get(client, "messages", room="g1")
    assert (
        message.items()
        >= {
            "id": said["id"],
            "talker": "zhang3",
            "name": "张三",
            "text": "楼道灯坏了 @李四",
            "mentions": ["li4"],
            "at": "2026-11-24T01:12:00+00:00",
        }.items()
    )
    assert await get(client, "messages", room="g2") == []


async def test_a_direct_message_is_in_the_contacts_own_conversation(
    client: Client, connector: LocalConnector
) -> None:
    asked = await post(client, talker="li4", to="bot", text="帮助")
    await connector.send(OutgoingMessage(key="h", text="回复 1接单", contact="li4"))
    conversation = await get(client, "messages", contact="li4")
    assert [message["talker"] for message in conversation] == ["li4", "bot"]
    assert await get(client, "messages", contact="zhang3") == []
    assert len(await get(client, "messages", contact="li4", after=asked["id"])) == 1


async def test_only_the_newest_can_be_asked_for(client: Client) -> None:
    ids = [(await post(client, talker="zhang3", room="g1", text=f"{n}"))["id"] for n in range(4)]
    found = await get(client, "messages", room="g1", newest="2")
    assert [message["id"] for message in found] == ids[2:]


async def test_the_newest_of_every_conversation_of_somebody(client: Client) -> None:
    await post(client, talker="zhang3", room="g1", text="一")
    await post(client, talker="zhao", room="g2", text="二")
    await post(client, talker="zhang3", to="bot", text="三")
    await post(client, talker="zhang3", room="g1", text="四")
    assert [one["text"] for one in await get(client, "conversations", contact="zhang3")] == ["三", "四"]


async def test_a_quote_comes_with_the_words_it_quotes(client: Client) -> None:
    first = await post(client, talker="zhang3", room="g1", text="灯坏了")
    await post(client, talker="li4", room="g1", text="好的", quote=first["id"])
    *_, answer = await get(client, "messages", room="g1")
    assert answer["quote"] == first["id"]
    assert answer["quoted"] == {"id": first["id"], "name": "张三", "text": "灯坏了"}


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ([], 400, "body"),
        ({}, 400, "room"),
        ({"talker": "zhang3", "text": "x"}, 400, "room"),
        ({"talker": "zhang3", "room": "g1", "to": "bot", "text": "x"}, 400, "room"),
        ({"talker": "zhang3", "to": "li4", "text": "x"}, 400, "to"),
        ({"talker": "zhang3", "room": 1, "text": "x"}, 400, "room"),
        ({"talker": "zhang3", "room": "g9", "text": "x"}, 404, "room"),
        ({"room": "g1", "text": "x"}, 400, "talker"),
        ({"talker": ["zhang3"], "room": "g1", "text": "x"}, 400, "talker"),
        ({"talker": "zhao", "room": "g1", "text": "x"}, 400, "talker"),
        ({"talker": "bot", "room": "g1", "text": "x"}, 400, "talker"),
        ({"talker": "bot", "to": "bot", "text": "x"}, 404, "talker"),
        ({"talker": "nobody", "to": "bot", "text": "x"}, 404, "talker"),
        ({"talker": "zhang3", "room": "g1"}, 400, "text"),
        ({"talker": "zhang3", "room": "g1", "text": 3}, 400, "text"),
        ({"talker": "zhang3", "room": "g1", "text": " \n"}, 400, "text"),
        ({"talker": "zhang3", "room": "g1", "text": "长" * 10_001}, 400, "text"),
        ({"talker": "zhang3", "room": "g1", "text": "a\0b"}, 400, "text"),
        ({"talker": "zhang3", "room": "g1", "text": "\ud800"}, 400, "text"),
        ({"talker": "zhang3", "room": "g1", "text": "x", "quote": 1}, 400, "quote"),
        ({"talker": "zhang3", "room": "g1", "text": "x", "quote": "7"}, 400, "quote"),
        ({"talker": "zhang3", "room": "g1", "text": "x", "quote": "9" * 5000}, 400, "quote"),
        ({"talker": "zhang3", "room": "g1", "text": "x", "mentions": "li4"}, 400, "mentions"),
        ({"talker": "zhang3", "room": "g1", "text": "x", "mentions": [1]}, 400, "mentions"),
        ({"talker": "zhang3", "room": "g1", "text": "x", "mentions": ["zhao"]}, 400, "mentions"),
        ({"talker": "zhang3", "room": "g1", "text": "x", "colour": 1}, 400, "colour"),
    ],
)
async def test_a_wrong_message_is_refused_by_the_name_of_what_is_wrong(
    client: Client, connector: LocalConnector, body: Any, status: int, says: str
) -> None:
    answer = await client.post(f"{API}/messages", json=body)
    assert answer.status == status
    error = (await answer.json())["error"]
    assert set(error) == {"code", "message"}
    assert error["message"].startswith(f"{says}: ")
    assert await connector.conversation(group_id=1, contact=None) == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"NaN"])
async def test_what_is_not_json_is_refused(client: Client, body: bytes) -> None:
    answer = await client.post(f"{API}/messages", data=body, headers={"Content-Type": "application/json"})
    assert answer.status == 400
    assert (await answer.json())["error"]["message"].startswith("body: ")


async def test_too_large_a_body_is_refused_in_the_same_shape(client: Client) -> None:
    answer = await client.post(f"{API}/messages", data=b"x" * 300_000)
    assert answer.status == 413
    assert set((await answer.json())["error"]) == {"code", "message"}


async def test_a_quote_of_another_conversation_is_refused(client: Client) -> None:
    other = await post(client, talker="zhao", room="g2", text="二号群")
    refused = await post(client, 400, talker="zhang3", room="g1", text="x", quote=other["id"])
    assert refused["error"]["message"] == "quote: no such message in this conversation"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 400),
        ({"room": "g1", "contact": "li4"}, 400),
        ({"room": "g9"}, 404),
        ({"contact": "nobody"}, 404),
        ({"room": "g1", "after": "x"}, 400),
        ({"room": "g1", "newest": "0"}, 400),
        ({"room": "g1", "newest": "²"}, 400),
    ],
)
async def test_a_wrong_question_is_refused(client: Client, query: dict[str, str], status: int) -> None:
    assert set((await get(client, "messages", status, **query))["error"]) == {"code", "message"}


async def test_the_socket_pushes_what_the_api_would_show(client: Client, connector: LocalConnector) -> None:
    async with client.ws_connect("/chat/ws") as socket:
        await post(client, talker="zhang3", room="g1", text="楼道灯坏了")
        await connector.send(OutgoingMessage(key="a", text="已登记", room="g1"))
        async with asyncio.timeout(10):
            pushed = [await socket.receive_json(), await socket.receive_json()]
    assert pushed == await get(client, "messages", room="g1")


async def test_a_page_that_stays_open_does_not_hold_up_the_stop(client: Client) -> None:
    socket = await client.ws_connect("/chat/ws")
    async with asyncio.timeout(3):
        await asyncio.gather(client.server.close(), socket.receive())


async def test_a_socket_that_goes_away_leaves_nothing(client: Client, connector: LocalConnector) -> None:
    async with client.ws_connect("/chat/ws"):
        pass
    await post(client, talker="zhang3", room="g1", text="还在")
    assert len(await connector.conversation(group_id=1, contact=None)) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:8000"},
        {"Host": "[::1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_other_hosts_and_other_sites_are_refused(client: Client, headers: dict[str, str]) -> None:
    for path in ("/chat", "/chat/static/chat.js", f"{API}/rooms"):
        assert (await client.get(path, headers=headers)).status in (400, 403)
    body = {"talker": "zhang3", "room": "g1", "text": "x"}
    assert (await client.post(f"{API}/messages", json=body, headers=headers)).status in (400, 403)
    with pytest.raises(WSServerHandshakeError):
        await client.ws_connect("/chat/ws", headers=headers)
    assert await get(client, "messages", room="g1") == []


async def test_the_own_page_is_welcome(client: Client) -> None:
    origin = str(client.make_url("")).rstrip("/")
    answer = await client.get(f"{API}/rooms", headers={"Origin": origin, "Sec-Fetch-Site": "same-origin"})
    assert answer.status == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST"])
def test_loopback_hosts(host: str) -> None:
    assert is_loopback(host)
    require_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "localhost.example", "", "example.com"])  # noqa: S104
def test_the_chat_is_not_mounted_for_others(host: str) -> None:
    with pytest.raises(ChatNotLoopback, match="loopback"):
        require_loopback(host)
