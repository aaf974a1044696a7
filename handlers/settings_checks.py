"""What only the database can tell of the settings: whether the categories and communities they name are known."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.directory import Directory
from handlers.errors import HandlerError
from handlers.neighbours import names_in
from handlers.settings import Settings
from nlp import CATEGORIES
from storage.tickets import category_names


class UnknownSetting(HandlerError):
    """A setting names a category that does not exist."""

    def __init__(self, key: str, value: str, known: dict[str, str]) -> None:
        options = "、".join(code if code == name else f"{code}（{name}）" for code, name in known.items())
        super().__init__(f"配置 {key}：没有“{value}”这一类，请写类别代号：{options}。")
        self.key, self.value = key, value


async def check_categories(session: AsyncSession, settings: Settings) -> None:
    """Raise UnknownSetting for the first code that is no category; admins may have added some of their own."""
    packaged = {category.code: category.name for category in CATEGORIES}
    known = {**packaged, **await category_names(session)}
    named: dict[str, Iterable[str]] = {
        "measures.exclude_categories": settings.measures.exclude_categories,
        "help.categories": settings.help.categories,
    }
    for key, codes in named.items():
        for code in codes:
            if code not in known:
                raise UnknownSetting(key, code, known)


def unknown_neighbours(directory: Directory, settings: Settings) -> list[str]:
    """Communities that ``help.neighbours`` names and the roster does not know; none while there is no roster."""
    known = {group.community for group in directory.groups.values()}
    named = dict.fromkeys(name for line in settings.help.neighbours for name in names_in(line))
    return [name for name in named if name not in known] if known else []
