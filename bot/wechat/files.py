"""A file as the gateway's protocol carries it: a FileBox as JSON."""

from __future__ import annotations

import base64
import json

BASE64 = 1
"""The number of this kind of FileBox, the same in every version of the library."""

LARGEST = 2_900_000
"""Bytes of a file: a gateway takes calls of 4 MB, and Base64 makes four bytes of three."""


def file_box(name: str, data: bytes) -> str:
    """The JSON of a file, readable for gateways before and after file-box 1.0 (``boxType`` was renamed)."""
    box = {"type": BASE64, "boxType": BASE64, "name": name, "base64": base64.b64encode(data).decode()}
    return json.dumps({**box, "metadata": {}}, ensure_ascii=False)
