"""Number plates as people write them: 苏E12345, 苏e·D12345, 苏 E 12345, 苏E1234学, 车牌E7K28P."""

import re

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
_AFTER = "".join(f"|(?<={word}{mark})" for word in ("车牌", "车牌号", "车号") for mark in ("", "[是:： ]"))
PLATE = (
    rf"(?:[{_PROVINCES}][ ]?{_AFTER})[a-hj-np-z][ ·•.\-]{{0,2}}(?=(?:[a-z]{{0,2}}\d){{3}})"
    r"(?:[a-hj-np-z0-9]{4}[学警挂港澳领]|[a-hj-np-z0-9]{5,6})(?![a-z0-9])"
)
"""The pattern of a plate in folded text. A plate has three digits at least, and no I and no O."""

_PLATE = re.compile(PLATE)
_HINT = re.compile(r"\d[a-z]?\d|\d[a-z]{2}\d")
_FILLING = re.compile(r"[ ·•.\-]")


def find_plates(folded: str) -> tuple[str, ...]:
    """The plates in a folded text as ``苏E12345``, in order, each once."""
    if not _HINT.search(folded):
        return ()
    return tuple(dict.fromkeys(_FILLING.sub("", match[0]).upper() for match in _PLATE.finditer(folded)))
