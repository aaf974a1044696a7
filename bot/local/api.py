"""The chat's HTTP interface (DESIGN §5): rooms, contacts, messages, the live socket, and the page itself."""

from __future__ import annotations

import asyncio
import json
import mimetypes
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from aiohttp import WSCloseCode, web

from bot.local.connector import LocalConnector
from bot.local.errors import ChatRefused
from bot.local.files import read_file
from bot.local.guard import check_request, require_loopback
from bot.local.page_files import PageFile, read_page
from bot.local.sayings import message_id, read_saying, shown
from bot.local.world import Member, World
from bot.media import MediaRefused, kind_of
from bot.web.errors import ApiError
from handlers.events import MessageKind
from storage.local import LocalSaid

CHAT: web.AppKey[LocalConnector] = web.AppKey("chat", LocalConnector)
PAGE: web.AppKey[dict[str, PageFile]] = web.AppKey("page", dict)
HEARTBEAT_SECONDS = 25.0
MOST_ASKED = 1_000

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def mount_chat(app: web.Application, chat: LocalConnector, host: str) -> None:
    """Add the chat to a server that listens on ``host``; raises ChatNotLoopback unless that is this machine."""
    require_loopback(host)
    app[CHAT] = chat
    app.cleanup_ctx.append(_load_page)
    app.on_shutdown.append(_dismiss)
    app.add_routes(
        [
            web.get("/chat", _guarded(page)),
            web.get("/chat/static/{name}", _guarded(page_file)),
            web.get("/chat/api/rooms", _guarded(rooms)),
            web.get("/chat/api/contacts", _guarded(contacts)),
            web.get("/chat/api/conversations", _guarded(conversations)),
            web.get("/chat/api/messages", _guarded(messages)),
            web.post("/chat/api/messages", _guarded(say)),
            web.post("/chat/api/files", _guarded(send_file)),
            web.get("/chat/media/{name}", _guarded(media)),
            web.get("/chat/ws", _guarded(live)),
        ]
    )


async def rooms(request: web.Request) -> web.Response:
    """Every room with its members."""
    world = await request.app[CHAT].world()
    return _answer(
        [
            {"id": room.id, "topic": room.topic, "members": [_member(one) for one in room.members.values()]}
            for room in world.rooms.values()
        ]
    )


async def contacts(request: web.Request) -> web.Response:
    """Everyone one can play."""
    world = await request.app[CHAT].world()
    return _answer([_member(contact) for contact in world.contacts.values()])


async def conversations(request: web.Request) -> web.Response:
    """The newest message of every conversation of ``?contact=``, oldest first."""
    chat = request.app[CHAT]
    world = await chat.world()
    contact = _contact(request, world)
    groups = [room.group_id for room in world.rooms_of(contact)]
    return _answer([shown(said) for said in await chat.latest(groups, contact)])


async def messages(request: web.Request) -> web.Response:
    """One conversation: ``?room=`` or ``?contact=``, ``&after=`` a message id, ``&newest=`` at most so many."""
    chat = request.app[CHAT]
    world = await chat.world()
    room = request.query.get("room")
    if (room is None) == ("contact" not in request.query):
        raise ChatRefused("room", 'give either "room" or "contact"')
    if room is not None and room not in world.rooms:
        raise ChatRefused("room", "no such room", missing=True)
    found = await chat.conversation(
        group_id=None if room is None else world.rooms[room].group_id,
        contact=None if room is not None else _contact(request, world),
        after=message_id("after", request.query["after"]) if request.query.get("after") else 0,
        newest=_newest(request),
    )
    return _answer([shown(said) for said in found])


async def say(request: web.Request) -> web.Response:
    """Say something as somebody: 201 once it is committed."""
    chat = request.app[CHAT]
    saying = read_saying(await _json(request))
    said = await chat.say_as(saying, await chat.world())
    return _answer({"id": str(said.id)}, status=201)


async def send_file(request: web.Request) -> web.Response:
    """Send a photo, a voice message, a video or a file as somebody: a form with ``talker``, ``room`` or ``to``, ``file``."""
    chat = request.app[CHAT]
    sent = await read_file(request, limit=chat.largest)
    said = await chat.send_as(sent, await chat.world())
    return _answer({"id": str(said.id)}, status=201)


async def live(request: web.Request) -> web.WebSocketResponse:
    """Push every message as it is said; what the page sends is not listened to."""
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=1024)
    with request.app[CHAT].audience.listening() as queue:
        await socket.prepare(request)
        pusher = asyncio.create_task(_push(socket, queue), name="chat: live page")
        try:
            async for _ in socket:
                pass
        finally:
            pusher.cancel()
            await asyncio.gather(pusher, return_exceptions=True)
    return socket


async def page(request: web.Request) -> web.Response:
    """The chat page."""
    return _file(request, "index.html")


async def page_file(request: web.Request) -> web.Response:
    """What the page is made of."""
    return _file(request, request.match_info["name"])


async def media(request: web.Request) -> web.Response:
    """A file that was sent: a picture to look at, a voice to hear, anything else to save."""
    name = request.match_info["name"]
    try:
        body = await asyncio.to_thread(request.app[CHAT].media.read, name)
    except MediaRefused as refused:
        raise ApiError(404, "not_found", "no such file") from refused
    if kind_of(name) in (MessageKind.IMAGE, MessageKind.VOICE):
        shown_as = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return web.Response(body=body, content_type=shown_as, headers={"Cache-Control": "max-age=86400"})
    saved = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return web.Response(body=body, content_type="application/octet-stream", headers=saved)


def _guarded(handler: Handler) -> Handler:
    async def guarded(request: web.Request) -> web.StreamResponse:
        check_request(request)
        try:
            return await handler(request)
        except ChatRefused as refused:
            code = "not_found" if refused.missing else "bad_request"
            raise ApiError(404 if refused.missing else 400, code, str(refused)) from refused

    return guarded


async def _push(socket: web.WebSocketResponse, queue: asyncio.Queue[LocalSaid | None]) -> None:
    try:
        while (said := await queue.get()) is not None:
            await socket.send_str(_dumps(shown(said)))
    except ConnectionError:
        return
    await socket.close(code=WSCloseCode.GOING_AWAY)


async def _dismiss(app: web.Application) -> None:
    app[CHAT].audience.dismiss()


async def _load_page(app: web.Application) -> Any:
    app[PAGE] = await asyncio.to_thread(read_page)
    yield


async def _json(request: web.Request) -> object:
    try:
        return json.loads(await request.text())
    except (ValueError, RecursionError, LookupError) as error:
        raise ChatRefused("body", "is not JSON") from error


def _contact(request: web.Request, world: World) -> str:
    contact = request.query.get("contact", "")
    if contact not in world.contacts:
        raise ChatRefused("contact", "no such contact", missing=True)
    return contact


def _newest(request: web.Request) -> int | None:
    text = request.query.get("newest")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_ASKED):
        raise ChatRefused("newest", f"expected a whole number from 1 to {MOST_ASKED}")
    return int(text)


def _file(request: web.Request, name: str) -> web.Response:
    found = request.app[PAGE].get(name)
    if found is None:
        raise ApiError(404, "not_found", "no such file")
    headers = {"Content-Type": found.content_type, "ETag": found.etag, "Cache-Control": "no-cache"}
    if request.headers.get("If-None-Match") == found.etag:
        return web.Response(status=304, headers=headers)
    return web.Response(body=found.body, headers=headers)


def _answer(data: object, *, status: int = 200) -> web.Response:
    return web.json_response(data, status=status, dumps=_dumps)


def _dumps(data: object) -> str:
    return json.dumps(data, ensure_ascii=False)


def _member(member: Member) -> dict[str, str]:
    return {"id": member.id, "name": member.name, "role": member.role}
