"""The configuration: defaults, what may be written, and every refusal naming its key."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from bot.config import Config, load_config
from bot.errors import ConfigError


def load(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load_config(path)


def test_no_file_gives_the_defaults() -> None:
    assert load_config(None) == Config()


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path, "") == Config()


def test_what_is_written_is_taken_and_the_rest_stays(tmp_path: Path) -> None:
    config = load(tmp_path, '[delivery]\nquiet_from = "21:30"\npause_min = 1\n[web]\nport = 9000\n')
    assert (config.delivery.quiet_from, config.delivery.pause_min) == (time(21, 30), 1.0)
    assert config.web.port == 9000
    assert config.delivery.quiet_until == Config().delivery.quiet_until


def test_accounts_are_a_list(tmp_path: Path) -> None:
    text = '[[accounts]]\nname = "a"\nconnector = "wechaty"\nendpoint = "127.0.0.1:8788"\n'
    assert [account.name for account in load(tmp_path, text).accounts] == ["a"]


def test_handlers_see_their_part_only(tmp_path: Path) -> None:
    settings = load(tmp_path, "[steps]\nremind = 15\n").settings
    assert settings.steps.remind == 15
    assert not hasattr(settings, "database")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("nonsense = 1", "nonsense"),
        ("[delivery]\nhaste = 1", "delivery.haste"),
        ("[web]\nport = '8000'", "web.port"),
        ("[web]\nport = true", "web.port"),
        ("[web]\nport = 80.5", "web.port"),
        ("[web]\nport = -1", "web.port"),
        ("[web]\nhost = 1", "web.host"),
        ("[steps]\nremind = -1", "steps.remind"),
        ("[delivery]\nquiet_from = 'late'", "delivery.quiet_from"),
        ("[delivery]\npause_min = 9", "delivery.pause_min"),
        ("web = 3", "web"),
        ("accounts = []", "accounts"),
        ("accounts = 3", "accounts"),
        ("accounts = [1]", "accounts[0]"),
        ("[[accounts]]\nname = 'a'", "accounts[0].connector"),
        ("[[accounts]]\nname = 'a'\nconnector = 'pigeon'", "accounts[0].connector"),
        ("[[accounts]]\nname = 'a'\nconnector = 'wechaty'", "accounts.a.endpoint"),
        ("[[accounts]]\nname='a'\nconnector='local'\n[[accounts]]\nname='a'\nconnector='local'", "accounts"),
        ("[work]\nspans = [8]", "work.spans[0]"),
        ("this is not toml", ""),
        ("[web]\nport = 65536", "web.port"),
        (f"[web]\nport = {'9' * 5_000}", ""),
        (f"x = {'[' * 100_000}", ""),
        ("[delivery]\npause_min = nan", "delivery.pause_min"),
        ("[delivery]\npause_max = inf", "delivery.pause_max"),
        ("[delivery]\nattempts = 0", "delivery.attempts"),
        ("[reminders]\napproval_minutes = 0", "reminders.approval_minutes"),
        ("[delivery]\nquiet_from = '22:00+08:00'", "delivery.quiet_from"),
        ("[tickets]\nresolve_hours = 99999999999", "tickets.resolve_hours"),
        ("[intake]\nkeep_chat_days = 100001", "intake.keep_chat_days"),
        ("[work]\nspans = []", "work.spans"),
        ("[work]\nspans = ['']", "work.spans[0]"),
        ("[work]\nspans = ['25:00-26:00']", "work.spans[0]"),
        ("[work]\nspans = ['17:30-08:30']", "work.spans[0]"),
        ("[work]\nspans = ['08:30-12:00', '11:00-17:30']", "work.spans[1]"),
        ("[[accounts]]\nname = ' '\nconnector = 'local'", "accounts[0].name"),
        ("[[accounts]]\nname = 'a'\nconnector = 'wechaty'\nendpoint = 'gateway'", "accounts[0].endpoint"),
        ("[[accounts]]\nname = 'a'\nconnector = 'wechaty'\nendpoint = 'gateway:0'", "accounts[0].endpoint"),
    ],
)
def test_a_wrong_key_is_refused_by_its_name(tmp_path: Path, text: str, where: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        load(tmp_path, text)
    assert refusal.value.where == where
    assert str(refusal.value).startswith(str(tmp_path / "config.toml"))
    assert "\n" not in str(refusal.value)


def test_an_unknown_key_is_answered_with_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="host, port"):
        load(tmp_path, "[web]\nprot = 1")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        load_config(tmp_path / "absent.toml")


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes("# 配置".encode("gb18030"))
    with pytest.raises(ConfigError, match="UTF-8"):
        load_config(path)
