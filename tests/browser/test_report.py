"""The page of a monthly report in a browser that has no network, on a desk and on a phone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from bot.reports.charts import report_charts
from bot.reports.page import write_page
from bot.reports.tables import month_tables
from storage.engine import Database
from tests.measures.world import HOSTILE, build_world, fill_november, november

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def address(town_database: Database, tmp_path: Path) -> str:
    await build_world(town_database)
    await fill_november(town_database)
    report = await november(town_database)

    def write() -> str:
        path = tmp_path / "report.html"
        path.write_bytes(write_page(report, report_charts(report), month_tables(report)))
        return path.as_uri()

    return await asyncio.to_thread(write)


async def show(page: Page, address: str) -> list[str]:
    """Open the page without a network; the addresses it asks for besides its own."""
    asked: list[str] = []

    async def refuse(route: Route) -> None:
        if route.request.url == address:
            await route.continue_()
        else:
            asked.append(route.request.url)
            await route.abort()

    await page.route("**/*", refuse)
    await page.goto(address)
    await expect(page.locator(".chart svg")).to_have_count(4)
    return asked


async def choose(page: Page, name: str) -> None:
    await page.get_by_role("tab", name=name, exact=True).click()


async def test_everything_is_drawn_without_a_network(page: Page, address: str) -> None:
    assert await show(page, address) == []
    await expect(page.locator("#chart-hot svg")).to_contain_text("公共照明")
    await expect(page.locator(".tiles")).to_contain_text("按期办结率75.0%3/4")


async def test_strangers_words_stay_words(page: Page, address: str) -> None:
    await show(page, address)
    await choose(page, "民意落实明细")
    await expect(page.locator("td", has_text="onerror").first).to_contain_text(HOSTILE)
    assert await page.locator("img").count() == 0


async def test_tables_are_searched_sorted_and_narrowed(page: Page, address: str) -> None:
    await show(page, address)
    await choose(page, "民意落实明细")
    await expect(page.locator("#count")).to_have_text("8行")
    await page.get_by_role("button", name="工单号").click()
    await page.get_by_role("button", name="工单号").click()
    await expect(page.locator("tbody tr").first).to_contain_text("1008")
    await page.locator("#community").select_option("湖滨社区")
    await expect(page.locator("#count")).to_have_text("1行")
    await page.locator("#community").select_option("全部")
    await page.locator("#search").fill("1004")
    await expect(page.locator("#count")).to_have_text("1行")
    await choose(page, "指标说明")
    await page.locator("#search").fill("剔除")
    await expect(page.locator("#count")).to_have_text("9行")


async def test_a_chart_says_its_numbers_when_pointed_at(page: Page, address: str) -> None:
    await show(page, address)
    await page.locator("#chart-hot .mark-rect path").first.hover()
    await expect(page.locator("#vg-tooltip-element")).to_contain_text("人次")


async def test_on_a_phone_nothing_is_cut_off_and_no_text_is_small(phone: Page, address: str) -> None:
    await show(phone, address)
    assert await phone.evaluate("document.documentElement.scrollWidth") == 390
    sizes = await phone.evaluate(
        "[...document.querySelectorAll('main *')].filter((e) => !e.closest('svg') && e.textContent.trim())"
        ".map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 16
    for name in ("hot", "days", "communities", "trend"):
        box = await phone.locator(f"#chart-{name} svg").bounding_box()
        assert box is not None
        assert 300 <= box["width"] <= 390
