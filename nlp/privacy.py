"""Masking of what identifies a person: phone, identity-card and plate numbers."""

import re

_PLATES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
_PRIVATE = re.compile(
    rf"""(?P<identity>(?<!\d)\d{{6}}(?:19|20)\d{{9}}[\dXxＸｘ](?![\dA-Za-z]))
       | (?P<mobile>(?<!\d)1[3-9]\d[ -]?\d{{4}}[ -]?\d{{4}}(?!\d))
       | (?P<landline>(?<!\d)0\d{{2,3}}[ -]?[2-9]\d{{6,7}}(?!\d))
       | (?P<local>(?<!\d)[2-9]\d{{6,7}}(?!\d))
       | (?P<plate>[{_PLATES}][A-Za-zＡ-Ｚａ-ｚ][ ·•.]?[A-Za-z0-9Ａ-Ｚ０-９]{{5,6}}(?![A-Za-z0-9]))
    """,
    re.VERBOSE,
)
_KEPT = {"identity": (6, 2), "mobile": (3, 2), "landline": (4, 2), "local": (2, 2), "plate": (2, 1)}


def _mask(match: re.Match[str]) -> str:
    head, tail = _KEPT[match.lastgroup or "local"]
    middle = match[0][head:-tail]
    return match[0][:head] + re.sub(r"\w", "*", middle) + match[0][-tail:]


def mask_private(text: str) -> str:
    """The text with the middle of every phone, identity-card and plate number starred; same length."""
    return _PRIVATE.sub(_mask, text)
