"""wechaty can be imported, and keeps its hands off our disk and logs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IMPORTS = """
import logging, os, pathlib, sys
from bot.wechat.mends import MENDS, apply_mends
import bot.wechat.connector, bot.wechat.hearing, bot.wechat.link
assert not [name for name in sys.modules if name.startswith(("wechaty", "pyee", "grpclib"))]
os.chdir(sys.argv[1])
apply_mends(pathlib.Path("cache"))
apply_mends(pathlib.Path("cache"))
import wechaty, wechaty_puppet_service
wechaty.WechatyOptions(token="t", endpoint="127.0.0.1:1")
assert os.listdir() == ["cache"], os.listdir()
ours = [name for name in logging.root.manager.loggerDict if name.startswith("wechaty.")]
assert len(ours) > 10, ours
for name in ours:
    logger = logging.getLogger(name)
    assert logger.getEffectiveLevel() >= logging.ERROR and not logger.handlers, name
assert not [name for name in ("Message", "Room", "Contact", "Wechaty", "PuppetService") if name in logging.root.manager.loggerDict]
assert all(mend.breaks and mend.until for mend in MENDS)
"""


def test_wechaty_imports_and_is_quiet(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", IMPORTS, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


@pytest.mark.parametrize("url", ["http://127.0.0.1:80/x", "https://example.com"])
def test_get_host_gives_what_urllib3_gave(url: str) -> None:
    from bot.wechat.mends import _get_host

    expected = ("http", "127.0.0.1", 80) if "127" in url else ("https", "example.com", None)
    assert _get_host(url) == expected
