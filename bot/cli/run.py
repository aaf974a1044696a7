"""``weiwang run``: the service itself."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from datetime import time
from pathlib import Path
from typing import Annotated

import typer

from bot.config import load_config


def run(
    config: Annotated[Path | None, typer.Option(help="Config file (TOML); without it the defaults.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port of the web server.")] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Load the demo subdistrict into an empty database.")
    ] = False,
) -> None:
    """Run the service until it is stopped (Ctrl-C)."""
    from bot.app import serve

    settings = load_config(config)
    if demo and config is None:  # in the demo nobody sleeps: prompts come at any hour
        awake = dataclasses.replace(settings.delivery, quiet_from=time(0), quiet_until=time(0))
        settings = dataclasses.replace(settings, delivery=awake)
    if port is not None:
        settings = dataclasses.replace(settings, web=dataclasses.replace(settings.web, port=port))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for noisy in ("alembic", "apscheduler", "sqlalchemy", "aiohttp.access", "rjieba"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    asyncio.run(serve(settings, demo=demo, announce=lambda line: typer.echo(line)))
