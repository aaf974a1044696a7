"""Settings that only the database can judge: categories, and communities that lie side by side."""

from __future__ import annotations

import pytest

from handlers.rules import add_category
from handlers.settings import HelpSettings, MeasureSettings, Settings
from handlers.settings_checks import UnknownSetting, check_categories, unknown_neighbours
from storage.engine import Database
from tests.handlers.town import MORNING, Town


def excluding(*codes: str) -> Settings:
    return Settings(measures=MeasureSettings(exclude_categories=codes))


async def test_a_category_that_an_admin_has_added_is_known_and_any_other_is_named(
    sqlite_database: Database,
) -> None:
    town = await Town.open(sqlite_database)
    async with town.database.begin() as session:
        await add_category(session, name="充电桩", hours=24, by="test", now=MORNING)
        await check_categories(session, excluding("water", "充电桩"))
        with pytest.raises(UnknownSetting) as refused:
            await check_categories(session, excluding("water", "watr"))
    assert (refused.value.key, refused.value.value) == ("measures.exclude_categories", "watr")


async def test_communities_the_roster_does_not_know_are_named_once_there_is_one(
    sqlite_database: Database,
) -> None:
    town = await Town.open(sqlite_database)
    settings = Settings(help=HelpSettings(neighbours=("玉景社区、湖宾社区", "湖滨社区，湖宾社区")))
    async with town.database.read() as session:
        directory = (await town.context(session)).directory
    assert unknown_neighbours(directory, settings) == ["湖宾社区"]
    assert unknown_neighbours(type(directory).build(0, (), ()), settings) == []
