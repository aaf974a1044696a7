"""Tables as a workbook (XLSX) or as CSV."""

from __future__ import annotations

import csv
import io
import typing
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.reports.cells import Value, local_time, plain_text
from bot.reports.tables import Column, Kind, Table

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

FORMATS = {
    Kind.NUMBER: "0",
    Kind.HOURS: "0.0",
    Kind.PERCENT: "0.0%",
    Kind.TIME: "yyyy-mm-dd hh:mm",
    Kind.TEXT: "@",
}
_WRAPPED_FROM = 28
"""Columns at least so wide hold sentences: their text is wrapped."""


def write_workbook(title: str, tables: Sequence[Table]) -> bytes:
    """A sheet for each table: headings in the first row that stay when scrolled, filters, formats, widths."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.title = title
    book.properties.creator = "微网管家助手"
    for table in tables:
        _write_sheet(book.create_sheet(table.name), table)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write_csv(table: Table) -> bytes:
    """One table as UTF-8 with a mark that spreadsheets know it by."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([column.name for column in table.columns])
    writer.writerows([_csv_value(value) for value in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def _csv_value(value: Value) -> Value:
    if isinstance(value, datetime):
        return f"{local_time(value):%Y-%m-%d %H:%M}"
    return plain_text(value) if isinstance(value, str) else value


def _write_sheet(sheet: Any, table: Table) -> None:
    from openpyxl.utils import get_column_letter

    for index, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(index)].width = max(column.width, 2 * len(column.name) + 2)
    sheet.freeze_panes = "A2"
    if table.rows:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table.rows) + 1}"
    sheet.append(list(_header(sheet, table.columns)))
    makers = [_maker(sheet, column) for column in table.columns]
    for row in table.rows:
        sheet.append([make(value) for make, value in zip(makers, row, strict=True)])
    if table.note:
        sheet.append([])
        sheet.append([plain_text(table.note)])


def _header(sheet: WriteOnlyWorksheet, columns: Sequence[Column]) -> Iterator[Any]:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill

    font, fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", start_color="1F6B45")
    alignment = Alignment(vertical="center", wrap_text=True)
    for column in columns:
        cell = WriteOnlyCell(sheet, value=column.name)
        cell.font, cell.fill, cell.alignment = font, fill, alignment
        yield cell


def _maker(sheet: WriteOnlyWorksheet, column: Column) -> Callable[[Value], Any]:
    """What makes the cells of a column. Plain words need no style: ``plain_text`` never begins like a formula."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment

    wrapped = Alignment(wrap_text=True, vertical="top") if column.width >= _WRAPPED_FROM else None

    def make(value: Value) -> Any:
        if value is None or (isinstance(value, str) and wrapped is None):
            return plain_text(value) if isinstance(value, str) else None
        if isinstance(value, str):
            cell = WriteOnlyCell(sheet, value=plain_text(value))
            cell.alignment = typing.cast("Alignment", wrapped)
            return cell
        cell = WriteOnlyCell(sheet, value=local_time(value) if isinstance(value, datetime) else value)
        cell.number_format = FORMATS[column.kind]
        return cell

    return make
