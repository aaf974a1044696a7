"""A file as the gateway's protocol carries it: a FileBox as JSON, or, when it is too large for one call, a stream."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

BASE64 = 1
"""The number of this kind of FileBox, the same in every version of the library."""

LARGEST_BOX = 2_900_000
"""Bytes of a file in one call: a gateway takes calls of 4 MB, and Base64 makes four bytes of three."""

CHUNK = 256 * 1024


def file_box(name: str, data: bytes) -> str:
    """The JSON of a file, readable for gateways before and after file-box 1.0 (``boxType`` was renamed)."""
    box = {"type": BASE64, "boxType": BASE64, "name": name, "base64": base64.b64encode(data).decode()}
    return json.dumps({**box, "metadata": {}}, ensure_ascii=False)


def file_chunks(conversation: str, name: str, data: bytes) -> Iterator[Any]:
    """The requests of a streamed file: where to, what it is called, and what is in it, piece by piece."""
    from wechaty_grpc.wechaty.puppet import FileBoxChunk, MessageSendFileStreamRequest

    yield MessageSendFileStreamRequest(conversation_id=conversation)
    yield MessageSendFileStreamRequest(file_box_chunk=FileBoxChunk(name=name))
    for start in range(0, len(data), CHUNK):
        yield MessageSendFileStreamRequest(file_box_chunk=FileBoxChunk(data=data[start : start + CHUNK]))
