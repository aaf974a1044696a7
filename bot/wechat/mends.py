"""What python-wechaty needs to run on today's libraries, and to keep its hands off our disk and logs.

Nothing happens on import. Call :func:`apply_mends` before the first import of wechaty, wechaty_puppet or
wechaty_puppet_service. Pinning the old libraries instead would hold the whole service on versions that no
longer get security fixes.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LOGGER_ROOT = "wechaty"
LOGGER_LEVEL = logging.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """One repair: what breaks without it, and when it can go."""

    breaks: str
    until: str
    apply: Callable[[], None]


def _restore_emitter() -> None:
    import pyee
    from pyee.asyncio import AsyncIOEventEmitter

    if not hasattr(pyee, "AsyncIOEventEmitter"):
        setattr(pyee, "AsyncIOEventEmitter", AsyncIOEventEmitter)  # noqa: B010 - mypy knows it is gone


def _get_host(url: str) -> tuple[str, str | None, int | None]:
    """What urllib3 1 gave: scheme, host and port of a URL."""
    from urllib3.util import parse_url

    parsed = parse_url(url)
    return parsed.scheme or "http", parsed.host, parsed.port


def _restore_get_host() -> None:
    import urllib3

    if not hasattr(urllib3, "get_host"):
        setattr(urllib3, "get_host", _get_host)  # noqa: B010 - mypy knows that urllib3 2 has no such name


def _make_options_hashable() -> None:
    with _quiet_imports():
        from wechaty_puppet.schemas.puppet import PuppetOptions

    PuppetOptions.__hash__ = object.__hash__


def _calm_loggers() -> None:
    with _quiet_imports():
        import wechaty_puppet
        from wechaty_puppet import logger

    logging.getLogger(LOGGER_ROOT).setLevel(LOGGER_LEVEL)
    for name in _OWN_NAMES:
        calm_logger(name)
    logger.get_logger = wechaty_puppet.get_logger = calm_logger


MENDS = (
    Mend(
        breaks="cannot import name 'AsyncIOEventEmitter' from 'pyee': pyee 12 moved it to pyee.asyncio",
        until="wechaty-puppet > 0.4.23 and wechaty > 0.10.7 import it from pyee.asyncio",
        apply=_restore_emitter,
    ),
    Mend(
        breaks="cannot import name 'get_host' from 'urllib3': urllib3 2 removed it",
        until="wechaty-puppet > 0.4.23 does without it (its file_box uses it)",
        apply=_restore_get_host,
    ),
    Mend(
        breaks="mutable default PuppetOptions is not allowed: a dataclass rule since Python 3.11",
        until="wechaty > 0.10.7 uses default_factory in WechatyOptions",
        apply=_make_options_hashable,
    ),
    Mend(
        breaks="every message's text and the token are logged, to stderr and to files of its own",
        until="wechaty-puppet > 0.4.23 leaves levels and handlers to the application",
        apply=_calm_loggers,
    ),
)


def apply_mends(cache_dir: Path | None = None, *, quiet: bool = True) -> None:
    """Make wechaty importable and quiet; call it as often as you like.

    ``cache_dir`` is where the high-level wechaty keeps its cache (it makes ``.wechaty`` in the working
    directory otherwise, on import already). Without it only wechaty_puppet and its service may be imported.
    ``quiet=False`` leaves its loggers as they come: never in the service.
    """
    if cache_dir is not None:
        os.environ["CACHE_DIR"] = str(cache_dir)
    for mend in MENDS:
        if quiet or mend.apply is not _calm_loggers:
            mend.apply()


def calm_logger(name: str | None = None, file: str | None = None) -> logging.Logger:
    """Stand-in for wechaty's ``get_logger``: below ours, without handlers, silent up to warnings.

    Its warnings hold tokens and its info lines hold what people said; ``file`` is therefore ignored.
    """
    logger = logging.getLogger(name if name in _OWN_NAMES else f"{LOGGER_ROOT}.{name or 'root'}")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()
    logger.setLevel(LOGGER_LEVEL)
    logger.propagate = True
    return logger


# Made before we can replace get_logger, so they keep their names.
_OWN_NAMES = frozenset({"WechatyPuppet.Schema.Base", "WechatyPuppet.Schemas.Event", "FileBox"})


@contextmanager
def _quiet_imports() -> Iterator[None]:
    """wechaty_puppet_service imports telnetlib, which warns that it goes with Python 3.13."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield
