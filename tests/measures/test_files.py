"""The files of a report, opened again: sheets, tables, pictures, the page; nothing in them calculates or runs."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import struct
import zlib
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from bot.reports.cells import plain_text
from bot.reports.charts import report_charts, report_picture
from bot.reports.page import write_page
from bot.reports.picture import draw, has_chinese_font
from bot.reports.sheet import write_csv, write_workbook
from bot.reports.tables import Table, month_tables, ticket_table
from handlers.measures import Report
from storage.engine import Database
from tests.measures.world import HOSTILE, build_world, fill_november, november

SHEETS = [
    "概况", "民意落实明细", "热点", "反复发生的地方", "多群事件", "未完成及原因", "下月跟进", "按社区", "按微网群",
    "按管家", "按类别", "按月", "没听到的时间", "指标说明",
]  # fmt: skip


@pytest.fixture
async def report(sqlite_database: Database) -> Report:
    await build_world(sqlite_database)
    await fill_november(sqlite_database)
    return await november(sqlite_database)


@pytest.fixture
async def empty(sqlite_database: Database) -> Report:
    await build_world(sqlite_database)
    return await november(sqlite_database)


def opened(tables: list[Table]) -> Any:
    return openpyxl.load_workbook(io.BytesIO(write_workbook("月报", tables)))


async def test_the_workbook_has_real_sheets_with_headings_that_stay(report: Report) -> None:
    book = await asyncio.to_thread(opened, month_tables(report))
    assert book.sheetnames == SHEETS
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert all(cell.value and cell.font.bold for cell in sheet[1])
        assert all(sheet.column_dimensions[cell.column_letter].width >= 6 for cell in sheet[1])
    details = book["民意落实明细"]
    heads = {cell.value: cell.column for cell in details[1]}
    opened_at = details.cell(3, heads["登记时间"])
    assert (opened_at.value, opened_at.number_format) == (datetime(2026, 11, 2, 9, 0), "yyyy-mm-dd hh:mm")  # noqa: DTZ001
    assert details.auto_filter.ref == f"A1:{details.cell(1, len(heads)).column_letter}9"


async def test_shares_are_numbers_with_both_their_counts(report: Report) -> None:
    book = await asyncio.to_thread(opened, month_tables(report))
    rows = {row[0].value: row for row in book["概况"].iter_rows(min_row=2)}
    share = rows["按期办结率"]
    assert (share[1].value, share[1].number_format, share[2].value) == (0.75, "0.0%", "3/4")
    assert rows["剔除：不是诉求"][2].value == "1件"
    words = {row[0].value: [cell.value for cell in row] for row in book["指标说明"].iter_rows(min_row=2)}
    assert set(words) >= {
        "响应率",
        "解决率",
        "满意率",
        "按期办结率",
        "返工率",
        "延期率",
        "一次完成率",
        "响应用时",
        "办结用时",
    }
    assert "剔除：不是诉求、居民撤销、并单、管家还没确认" in words["解决率"][3]
    assert all(cell for row in words.values() for cell in row)


async def test_hostile_names_and_words_never_become_formulas(report: Report) -> None:
    book = await asyncio.to_thread(opened, month_tables(report))
    values = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type != "f" for cell in values)
    words = [cell.value for cell in values if isinstance(cell.value, str)]
    assert not [word for word in words if word[0] in "=+-@\t\r＝＋－＠"]
    assert f"'{HOSTILE}" in words
    assert "'=换了新灯泡" in words


async def test_hostile_words_never_become_formulas_in_csv(report: Report) -> None:
    data = write_csv(ticket_table("工单", report.lists.details))
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [row["工单号"] for row in rows] == [str(number) for number in range(1001, 1009)]
    assert rows[6]["居民反映"] == f"'{HOSTILE}"
    assert rows[1]["登记时间"] == "2026-11-02 09:00"
    assert not [cell for row in rows for cell in row.values() if cell[:1] in "=+-@" and cell]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("3幢路灯坏了", "3幢路灯坏了"),
        ("=1+1", "'=1+1"),
        ("+86", "'+86"),
        ("-5楼漏水", "'-5楼漏水"),
        ("@所有人", "'@所有人"),
        ("  =1+1", "'  =1+1"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ("a\x00b\x1fc\ud800", "a b c "),
        ("x" * 40_000, "x" * 32_000),
        ("", ""),
    ],
)
def test_words_fit_for_a_cell(text: str, written: str) -> None:
    assert plain_text(text) == written


async def test_the_picture_is_a_real_one_and_not_blank(report: Report) -> None:
    width, height, colours = read_png(await asyncio.to_thread(lambda: draw(report_picture(report))))
    assert 1000 <= width <= 1600
    assert 1000 <= height <= 4000
    assert colours > 50


async def test_an_empty_month_has_a_picture_a_page_and_a_workbook_too(empty: Report) -> None:
    png, book, page = await asyncio.to_thread(
        lambda: (
            draw(report_picture(empty)),
            opened(month_tables(empty)),
            write_page(empty, [], month_tables(empty)),
        )
    )
    assert read_png(png)[2] > 10
    assert book.sheetnames == SHEETS
    assert "这个月没有工单" in page.decode()
    assert report_charts(empty) == []


def test_this_machine_can_draw_chinese() -> None:
    assert has_chinese_font()


async def test_the_page_is_whole_by_itself_and_holds_no_markup_of_strangers(report: Report) -> None:
    page = await asyncio.to_thread(
        lambda: write_page(report, report_charts(report), month_tables(report)).decode()
    )
    scripts = re.findall(r"<script[^>]*>.*?</script>", page, re.DOTALL)
    assert len(scripts) == 3
    markup = re.sub(r"<script[^>]*>.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"<(?:link|script|img|iframe)|https?:|url\(", markup)
    assert "<" not in scripts[0].removesuffix("</script>")[1:]
    data = json.loads(re.findall(r'id="data">(.*?)</script>', page, re.DOTALL)[0])
    assert [each["name"] for each in data["tables"]] == SHEETS
    assert {each["name"] for each in data["charts"]} == {"hot", "days", "communities", "trend"}
    assert HOSTILE in [row[6] for row in data["tables"][1]["rows"]]


def read_png(data: bytes) -> tuple[int, int, int]:
    """Width, height, and how many different four-byte groups its lines hold (few in a blank picture)."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    pixels, at = b"", 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            pixels += data[at + 8 : at + 8 + length]
        at += 12 + length
    raw = zlib.decompress(pixels)
    return width, height, len({raw[index : index + 4] for index in range(0, len(raw), 4)})
