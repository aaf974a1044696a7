"""The chat page, as people use it."""

from __future__ import annotations

import asyncio
import re
import struct
import zlib

import pytest
from playwright.async_api import FilePayload, Locator, Page, Route, expect

from storage.engine import Database
from tests.browser.conftest import Chat
from tests.local.town import build_town

pytestmark = pytest.mark.asyncio(loop_scope="module")

LAMP = "3幢2单元楼道灯坏了，晚上黑漆漆的"


def entry(page: Page, name: str) -> Locator:
    """A conversation in the list."""
    return page.locator(".entry", has=page.locator("b", has_text=re.compile(f"^{name}$")))


def bubble(page: Page, text: str) -> Locator:
    """What somebody said."""
    return page.locator(".bubble", has_text=text)


async def send(page: Page, text: str) -> None:
    """Write a message and press Enter."""
    line = page.get_by_label("写消息").first
    await line.fill(text)
    await line.press("Enter")


async def play(page: Page, name: str) -> None:
    """Become somebody else."""
    await page.locator(".me").first.click()
    await page.get_by_label("找名字").fill(name)
    await page.keyboard.press("Enter")
    await expect(page.locator(".me b").first).to_have_text(name)


async def test_a_resident_is_answered_and_the_steward_prompted(page: Page, chat: Chat) -> None:
    await page.goto(f"{chat.address}/chat#me=zhang3&at=g1")
    await send(page, LAMP)
    await expect(page.locator(".own .bubble")).to_have_text(LAMP)
    await expect(bubble(page, "已登记")).to_be_visible()
    await expect(page.locator(".mention.mine")).to_have_text("@张三")
    await play(page, "李四")
    await expect(page.get_by_label("写消息")).to_have_value("")
    await expect(entry(page, "助手").locator(".count")).to_have_text("1")
    await entry(page, "助手").click()
    await expect(bubble(page, "新工单1024")).to_be_visible()
    await expect(entry(page, "助手").locator(".count")).to_have_count(0)


async def test_both_sides_can_be_watched(page: Page, chat: Chat) -> None:
    await page.goto(f"{chat.address}/chat#me=zhang3&at=g1")
    await page.get_by_role("button", name="同时看管家").click()
    steward = page.locator(".seat").nth(1)
    await expect(steward.get_by_role("heading", name="助手")).to_be_visible()
    await send(page, LAMP)
    await expect(steward.locator(".bubble")).to_contain_text("新工单1024")
    await page.reload()
    await expect(page.locator(".seat")).to_have_count(2)
    await page.get_by_role("button", name="只看一个人").click()
    await expect(page.locator(".seat")).to_have_count(1)


async def test_a_quote_is_sent_and_shown(page: Page, chat: Chat) -> None:
    await chat.say("wang", "几点修好？")
    await page.goto(f"{chat.address}/chat#me=li4&at=g1")
    await bubble(page, "几点修好").click(button="right")
    await page.get_by_role("menuitem", name="引用").click()
    await expect(page.locator(".quoting")).to_contain_text("王阿姨：几点修好？")
    await send(page, "下午三点")
    await expect(page.locator(".own blockquote")).to_have_text("王阿姨：几点修好？")
    await expect(page.locator(".quoting")).to_be_hidden()


async def test_unread_messages_are_counted_and_a_call_is_marked(page: Page, chat: Chat) -> None:
    await page.goto(f"{chat.address}/chat#me=li4&at=g1")
    await expect(entry(page, "玉景湾2号群")).to_be_visible()
    await chat.say("zhao", "有人吗", "g2")
    await chat.say("zhao", "@李四 电梯坏了", "g2")
    await expect(entry(page, "玉景湾2号群").locator(".count")).to_have_text("2")
    await expect(entry(page, "玉景湾2号群")).to_contain_text("[有人@我] 赵六：@李四 电梯坏了")
    await page.reload()
    await expect(entry(page, "玉景湾2号群").locator(".count")).to_have_text("2")


async def test_words_are_never_taken_for_markup(page: Page, chat: Chat) -> None:
    words = "<img src=x onerror=\"document.title='坏'\"><b>粗</b> @李四"
    await chat.say("zhang3", words)
    await page.goto(f"{chat.address}/chat#me=li4&at=g1")
    await expect(page.locator(".bubble").first).to_have_text(words)
    assert await page.locator(".bubble img, .bubble b").count() == 0
    assert await page.title() == "微网管家助手 · 本地聊天"


async def test_the_page_comes_back_by_itself_and_misses_nothing(page: Page, chat: Chat) -> None:
    await page.goto(f"{chat.address}/chat#me=li4&at=g1")
    await expect(page.locator(".empty")).to_be_visible()
    async with page.expect_event("websocket"):
        chat.connector.audience.dismiss()
        await chat.say("wang", "断线时说的话")
    await expect(bubble(page, "断线时说的话")).to_be_visible()
    await expect(page.locator("#offline")).to_be_hidden()
    await chat.say("wang", "又连上了")
    await expect(bubble(page, "又连上了")).to_be_visible()


async def test_whom_to_play_is_found_by_name_role_or_group(page: Page, chat: Chat) -> None:
    await page.goto(f"{chat.address}/chat")
    await page.locator(".me").click()
    headings = page.locator("#picker h3")
    await expect(headings).to_have_text(["居民", "微网管家", "网格员和队伍", "管理员"])
    await page.get_by_label("找名字").fill("铁脚板")
    await expect(page.locator(".person b")).to_have_text(["周师傅"])
    await page.get_by_label("找名字").fill("2号群")
    await expect(page.locator(".person b")).to_have_text(["赵六", "李四", "周师傅"])
    await page.get_by_label("找名字").fill("没有的人")
    await expect(page.locator("#picker-people")).to_have_text("没有找到这个人。")
    await page.keyboard.press("Escape")
    await expect(page.locator("#picker")).to_be_hidden()


async def test_everything_can_be_done_with_the_keyboard(page: Page, chat: Chat) -> None:
    await page.goto(f"{chat.address}/chat#me=zhang3&at=g1")
    await expect(page.get_by_label("写消息")).to_be_focused()
    await page.keyboard.type("第一行")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("第二行")
    await page.keyboard.press("Enter")
    await expect(page.locator(".own .bubble")).to_have_text("第一行\n第二行")
    await page.locator(".me").focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="助手", exact=False).last).to_be_visible()


async def test_a_long_conversation_opens_at_its_end_and_older_words_on_request(
    page: Page, chat: Chat
) -> None:
    for number in range(205):
        await chat.say("wang", f"第{number}句")
    await page.goto(f"{chat.address}/chat#me=li4&at=g1")
    await expect(bubble(page, "第204句")).to_be_in_viewport()
    await expect(page.locator(".bubble")).to_have_count(200)
    await page.get_by_role("button", name="看更早的消息").click()
    await expect(page.locator(".bubble")).to_have_count(205)


async def test_who_reads_older_words_is_not_moved_by_new_ones(page: Page, chat: Chat) -> None:
    for number in range(60):
        await chat.say("wang", f"第{number}句")
    await page.goto(f"{chat.address}/chat#me=li4&at=g1")
    await expect(bubble(page, "第59句")).to_be_in_viewport()
    await page.locator(".messages").evaluate("log => { log.scrollTop = 0 }")
    await expect(bubble(page, "第0句")).to_be_in_viewport()
    async with page.expect_event("websocket"):
        chat.connector.audience.dismiss()
    await expect(page.locator("#offline")).to_be_hidden()
    await chat.say("wang", "新来的话")
    await page.get_by_role("button", name="有新消息").click()
    await expect(bubble(page, "新来的话")).to_be_in_viewport()


async def test_on_a_phone_list_and_conversation_are_two_views(phone: Page, chat: Chat) -> None:
    await phone.goto(f"{chat.address}/chat#me=zhang3")
    await expect(phone.locator(".talk")).to_be_hidden()
    await entry(phone, "玉景湾1号群").click()
    await expect(phone.locator(".list")).to_be_hidden()
    await send(phone, LAMP)
    await expect(bubble(phone, "已登记")).to_be_visible()
    await phone.get_by_role("button", name="返回聊天列表").click()
    await expect(phone.locator(".talk")).to_be_hidden()
    await expect(entry(phone, "玉景湾1号群")).to_contain_text("助手：@张三 已登记")
    wide = await phone.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide


async def test_a_long_press_quotes_on_a_phone(phone: Page, chat: Chat) -> None:
    await chat.say("wang", "几点修好？")
    await phone.goto(f"{chat.address}/chat#me=li4&at=g1")
    words = bubble(phone, "几点修好")
    await words.dispatch_event("pointerdown", {"pointerType": "touch", "clientX": 100, "clientY": 100})
    await phone.get_by_role("menuitem", name="引用").click()
    await expect(phone.locator(".quoting")).to_contain_text("几点修好")


async def test_no_text_is_small(phone: Page, chat: Chat) -> None:
    await chat.say("zhang3", LAMP)
    await phone.goto(f"{chat.address}/chat#me=zhang3&at=g1")
    await expect(bubble(phone, "已登记")).to_be_visible()
    small = await phone.evaluate(
        "[...document.querySelectorAll('main *')].filter(e => parseFloat(getComputedStyle(e).fontSize) < 16).length"
    )
    assert small == 0


async def test_an_avatar_calls_its_owner(page: Page, chat: Chat) -> None:
    await chat.say("wang", "几点修好？")
    await page.goto(f"{chat.address}/chat#me=li4&at=g1")
    await page.get_by_title("@王阿姨").click()
    await page.keyboard.type("下午")
    await page.keyboard.press("Enter")
    await expect(page.locator(".own .mention")).to_have_text("@王阿姨")
    [*_, said] = await chat.connector.conversation(group_id=1, contact=None)
    assert said.mentions == ("wang",)


async def test_what_could_not_be_sent_stays_in_the_line(page: Page, chat: Chat) -> None:
    await page.goto(f"{chat.address}/chat#me=zhang3&at=g1")
    await expect(page.locator(".empty")).to_be_visible()
    await page.route("**/api/messages", lambda route: route.abort())
    await send(page, LAMP)
    await expect(page.get_by_role("alert")).to_contain_text("没有发出去")
    await expect(page.get_by_label("写消息")).to_have_value(LAMP)


async def test_what_is_written_while_a_message_is_on_its_way_follows_it(page: Page, chat: Chat) -> None:
    async def slowly(route: Route) -> None:
        await asyncio.sleep(0.5)
        await route.continue_()

    await page.goto(f"{chat.address}/chat#me=zhang3&at=g1")
    await expect(page.locator(".empty")).to_be_visible()
    await page.route("**/api/messages", slowly)
    await send(page, "早上好")
    await send(page, LAMP)
    await expect(page.locator(".own .bubble")).to_have_text(["早上好", LAMP])
    await expect(page.get_by_label("写消息")).to_have_value("")
    await send(page, "请快一点")
    await page.get_by_label("写消息").fill("还有一句没写完")
    await expect(bubble(page, "请快一点")).to_be_visible()
    await expect(page.get_by_label("写消息")).to_have_value("还有一句没写完")


async def test_an_empty_roster_is_explained_and_people_appear_by_themselves(
    page: Page, empty_chat: Chat, town_database: Database
) -> None:
    await page.goto(f"{empty_chat.address}/chat")
    await expect(page.locator(".nobody")).to_contain_text("请管理员先导入名册")
    await build_town(town_database)
    await expect(page.locator(".me b")).to_have_text("张三")


async def test_nothing_is_asked_of_other_addresses(page: Page, chat: Chat) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{chat.address}/chat#me=zhang3&at=g1")
    await expect(page.locator(".empty")).to_be_visible()
    assert [url for url in asked if not url.startswith(chat.address)] == []


async def test_a_picture_is_shown_and_the_conversation_stays_at_its_end(page: Page, chat: Chat) -> None:
    for number in range(30):
        await chat.say("zhang3", f"第{number}句")
    await page.goto(f"{chat.address}/chat#me=zhang3&at=g1")
    await expect(bubble(page, "第29句")).to_be_visible()
    await chat.bot_shows(one_colour(600, 400), "图片：一周小结")
    picture = page.locator(".bubble img")
    await expect(picture).to_have_attribute("alt", "图片：一周小结")
    assert await picture.evaluate("img => img.decode().then(() => img.naturalWidth)") == 600
    await expect(picture).to_be_in_viewport(ratio=0.95)


async def test_a_photo_is_sent_and_shown_and_anything_else_refused(page: Page, chat: Chat) -> None:
    await page.goto(f"{chat.address}/chat#me=zhang3&at=g1")
    await expect(page.get_by_label("发图片、语音或文件")).to_be_visible()
    photo: FilePayload = {"name": "灯.png", "mimeType": "image/png", "buffer": one_colour(60, 40)}
    await page.locator("input[type=file]").set_input_files(photo)
    await expect(page.locator(".own .bubble img")).to_have_attribute("alt", "[图片]")
    program: FilePayload = {
        "name": "x.exe",
        "mimeType": "application/octet-stream",
        "buffer": b"MZ" + bytes(64),
    }
    await page.locator("input[type=file]").set_input_files(program)
    await expect(page.get_by_role("alert")).to_contain_text("文件没有发出去")
    await expect(page.locator(".own .bubble")).to_have_count(1)


def one_colour(width: int, height: int) -> bytes:
    """A PNG of one colour."""
    rows = b"".join(b"\0" + b"\x20\x80\x40" * width for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
