"""Unified social credit codes (统一社会信用代码, GB 32100-2015).

Eighteen characters of `ALPHABET`: registering authority, type of organisation, six digits of the division where it was
registered, nine characters of the organisation's own code, one check character. The check character detects every single
wrong character and every swap of two neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

from duijie.core.errors import Fault
from duijie.core.text import half_width, shorten

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
# GB 32100-2015 table 2 with its amendment: weight of position i is 3^(i-1) mod 31.
_WEIGHTS = tuple(pow(3, position, 31) for position in range(LENGTH - 1))
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_LOOKS_LIKE = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}
AUTHORITIES = {
    "1": "机构编制", "2": "外交", "3": "司法行政", "4": "文化", "5": "民政", "6": "旅游", "7": "宗教", "8": "工会",
    "9": "市场监管", "A": "中央军委改革和编制", "N": "农业农村", "Y": "其他",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A code whose check character is right."""

    value: str

    @property
    def authority(self) -> str:
        """The department that registers it, in Chinese; empty where the standard's table has no entry."""
        return AUTHORITIES.get(self.value[0], "")

    @property
    def division(self) -> str:
        """The six division digits; those of a zone or of a division since dissolved are not in GB/T 2260."""
        return self.value[2:8]

    @property
    def organisation(self) -> str:
        """The nine characters of the organisation's own code (GB 11714)."""
        return self.value[8:17]

    def __str__(self) -> str:
        return self.value


def check_character(first_seventeen: str) -> str:
    """The eighteenth character that belongs to the first seventeen."""
    total = sum(_VALUES[character] * weight for character, weight in zip(first_seventeen, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def parse_credit_code(text: str) -> CreditCode:
    """Read a code typed in full-width or lower-case characters, with blanks or hyphens inside.

    Raises `Fault` "credit_code.length", "credit_code.character", "credit_code.division" or "credit_code.check", whose
    sentence names the character that is wrong.
    """
    code = half_width(text).upper().replace(" ", "").replace("-", "")
    if len(code) != LENGTH:
        raise _fault(
            "length", text, f"应为{LENGTH}位，这里是{len(code)}位",
            f"{LENGTH} characters are needed, there {'is' if len(code) == 1 else 'are'} {len(code)}",
        )  # fmt: skip
    for position, character in enumerate(code, start=1):
        if character not in _VALUES:
            raise _wrong_character(text, position, character)
        if 3 <= position <= 8 and not character.isdigit():
            raise _fault(
                "division", text, f"第{position}位“{character}”应为数字（第3至8位是登记机关行政区划码）",
                f"character {position} “{character}” must be a digit (3 to 8 are the division)",
            )  # fmt: skip
    expected = check_character(code[:-1])
    if code[-1] != expected:
        raise _fault(
            "check", text, f"校验不符：前17位若无误，第18位应为“{expected}”，这里是“{code[-1]}”，请逐位核对",
            f"the check fails: if the first 17 are right, character 18 is “{expected}”, not “{code[-1]}”",
        )  # fmt: skip
    return CreditCode(code)


def is_credit_code(text: str) -> bool:
    """Whether `text` reads as a code whose check character is right."""
    try:
        parse_credit_code(text)
    except Fault:
        return False
    return True


def _wrong_character(text: str, position: int, character: str) -> Fault:
    meant = _LOOKS_LIKE.get(character)
    zh_hint = f"，是不是“{meant}”" if meant else ""
    en_hint = f"; is it “{meant}”?" if meant else ""
    return _fault(
        "character", text, f"第{position}位“{character}”不是可用字符（数字和除 I、O、S、V、Z 外的大写字母）{zh_hint}",
        f"character {position} “{character}” is not allowed (digits and capitals without I, O, S, V, Z){en_hint}",
    )  # fmt: skip


def _fault(code: str, text: str, zh: str, en: str) -> Fault:
    quoted = shorten(text, 40)
    return Fault(
        f"credit_code.{code}", f"统一社会信用代码“{quoted}”：{zh}。", f"Credit code “{quoted}”: {en}.", status=422
    )
