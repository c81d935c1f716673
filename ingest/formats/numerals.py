"""Numbers as Word writes them in lists: 一, 壹, 甲, ①, iv, B, 01."""

from __future__ import annotations

_DIGITS, _UNITS = "〇一二三四五六七八九", "十百千"
_LEGAL_DIGITS, _LEGAL_UNITS = "零壹贰叁肆伍陆柒捌玖", "拾佰仟"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_CIRCLED = [*range(0x2460, 0x2474), *range(0x3251, 0x3260), *range(0x32B1, 0x32C0)]
_SERIES = {
    "ideographTraditional": _STEMS,
    "ideographZodiac": _BRANCHES,
    "decimalEnclosedCircle": "".join(map(chr, _CIRCLED)),
    "decimalEnclosedCircleChinese": "".join(map(chr, _CIRCLED)),
    "ideographEnclosedCircle": "".join(map(chr, range(0x3280, 0x328A))),
    "decimalEnclosedParen": "".join(map(chr, range(0x2474, 0x2488))),
    "decimalEnclosedFullstop": "".join(map(chr, range(0x2488, 0x249C))),
}
"""Formats that count through a row of characters; beyond its end they go on in digits."""


def written(kind: str, number: int) -> str:
    """``number`` in the list format ``kind`` (``w:numFmt``), in digits where the format is not known."""
    if kind in _SERIES and 0 < number <= len(_SERIES[kind]):
        return _SERIES[kind][number - 1]
    if kind.startswith(("ideographDigital", "taiwaneseDigital", "japaneseDigital")):
        return "".join(_DIGITS[int(digit)] for digit in str(number))
    if kind.startswith(("chineseLegal", "japaneseLegal", "ideographLegal")):
        return _counted(number, _LEGAL_DIGITS, _LEGAL_UNITS)
    if kind.startswith(("chinese", "japanese", "taiwanese")):
        return chinese(number)
    if kind in ("lowerLetter", "upperLetter") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if kind == "lowerLetter" else letter.upper()
    if kind in ("lowerRoman", "upperRoman"):
        roman = _roman(number)
        return roman if kind == "lowerRoman" else roman.upper()
    return f"{number:02d}" if kind == "decimalZero" else str(number)


def chinese(number: int) -> str:
    """1–9999 in Chinese (``二十三``, ``一百零五``), decimal outside."""
    counted = _counted(number, _DIGITS.replace("〇", "零"), _UNITS)
    return counted[1:] if 10 <= number < 20 else counted


def _counted(number: int, digits: str, units: str) -> str:
    if not 0 < number < 10_000:
        return str(number)
    counted, skipped = "", False
    for place, digit in zip(reversed(range(len(str(number)))), str(number), strict=True):
        if digit == "0":
            skipped = True
            continue
        counted += digits[0] * (skipped and bool(counted)) + digits[int(digit)] + (units[place - 1] if place else "")
        skipped = False
    return counted


def _roman(number: int) -> str:
    roman = ""
    for value, letters in _ROMAN:
        times, number = divmod(number, value)
        roman += letters * times
    return roman
