"""The roster as files that import back unchanged."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import openpyxl
from openpyxl.cell import WriteOnlyCell
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.rosterfile import GROUP_COLUMNS, GROUP_ROLES, KIND_NAMES, PEOPLE_COLUMNS
from storage.directory import communities_by_name, groups_by_name, people_by_contact, roles_by_row
from storage.people import is_unbound

Table = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Exported:
    """Both tables with their headers; ``people`` is only the header when nobody has such a role."""

    groups: Table
    people: Table


async def export_roster(session: AsyncSession) -> Exported:
    """Everything in force, in the order it came. A WeChat that nobody knows yet is left empty."""
    communities = {number: name for name, number in (await communities_by_name(session)).items()}
    people = dict((await people_by_contact(session)).values())
    roles = sorted((number, role) for role, number in (await roles_by_row(session)).items())
    groups = sorted((number, row) for number, row in (await groups_by_name(session)).values() if row.active)
    holders = {(role.group_id, role.kind): people[role.person_id] for _, role in roles}
    lines = []
    for number, group in groups:
        cells = [communities[group.community_id], group.grid, group.name]
        for kind, _ in GROUP_ROLES:
            person = holders.get((number, kind))
            cells += [person.name, _contact(person.contact_id)] if person else ["", ""]
        lines.append(tuple(cells))
    others = []
    for _, role in roles:
        if role.group_id is None:
            person = people[role.person_id]
            community = communities[role.community_id] if role.community_id is not None else ""
            others.append(
                (person.name, _contact(person.contact_id), KIND_NAMES[role.kind], community, person.phone)
            )
    return Exported((GROUP_COLUMNS, *lines), (PEOPLE_COLUMNS, *others))


def _contact(contact: str) -> str:
    return "" if is_unbound(contact) else contact


def as_csv(table: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with the mark that lets Excel read it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(table)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(table: Iterable[Sequence[str]], title: str) -> bytes:
    """A workbook of one sheet; every cell is text, so that no telephone number loses its zeros."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for line in table:
        cells = [WriteOnlyCell(sheet, value=value) for value in line]
        for cell in cells:
            cell.data_type = "s"
        sheet.append(cells)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()
