"""The one shape of every error the server answers, and what the server itself refuses."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.errors import BotError

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ApiError(BotError):
    """An answer other than success: ``code`` is for programs, ``message`` says what is wrong."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class PortInUse(BotError):
    """Something else listens where the server should."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"port {port} on {host} is already in use: stop what listens there or choose another port"
        )
        self.host, self.port = host, port


class CannotListen(BotError):
    """The address cannot be listened on."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"cannot listen on {host} port {port}: {reason}")
        self.host, self.port = host, port


@web.middleware
async def one_error_shape(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every error as ``{"error": {"code", "message"}}``; an unforeseen one is logged and says nothing."""
    try:
        return await handler(request)
    except ApiError as error:
        return error_response(error.status, error.code, error.message)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        answer = error_response(error.status, error.reason.lower().replace(" ", "_"), error.reason)
        if "Allow" in error.headers:
            answer.headers["Allow"] = error.headers["Allow"]
        return answer
    except Exception:
        log.exception("a request failed", extra={"method": request.method, "route": _route(request)})
        return error_response(500, "internal_error", "something went wrong here; it has been logged")


def error_response(status: int, code: str, message: str) -> web.Response:
    """An error in the one shape."""
    return web.json_response({"error": {"code": code, "message": message}}, status=status)


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else ""
