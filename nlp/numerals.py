"""Numbers as people write them: 12, 十二, 一百零三, 两, 廿."""

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "幺": 1, "壹": 1}
_UNITS = {"十": 10, "百": 100, "廿": 20}


def to_digits(numeral: str) -> str:
    """The number in plain digits without leading zeros ("十二" → "12"); letters stay, in upper case.

    A row of Chinese digits is read digit by digit ("五零一" → "501").
    """
    if numeral.isascii():
        return (numeral.lstrip("0") or "0").upper() if numeral.isdigit() else numeral.upper()
    if not any(unit in numeral for unit in _UNITS):
        return "".join(str(_DIGITS[char]) if char in _DIGITS else char for char in numeral)
    total, digit = 0, 0
    for char in numeral:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _UNITS:
            total += 20 if char == "廿" else (digit or 1) * _UNITS[char]
            digit = 0
        else:
            return numeral
    return str(total + digit)
