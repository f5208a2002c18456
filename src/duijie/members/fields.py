"""Types of this app's schemas that read what people write: short names of addresses, colours, mail addresses, telephones."""

from __future__ import annotations

import re
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from duijie.core.errors import Fault
from duijie.core.schema.types import understood
from duijie.core.text import half_width, shorten

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{4,30}(?:(?:转|ext\.?) ?\d{1,6})?", re.IGNORECASE)
_USERNAME = re.compile(r"[\w.@+-]{2,60}")


def _refuse(code: str, zh: str, en: str) -> Fault:
    return Fault(code, zh, en, status=422)


def _plain(value: Any) -> str:
    if isinstance(value, bool | list | dict):
        raise _refuse("text.not_text", "这里要写文字。", "Text is wanted here.")
    return half_width(str(value))


def _read_slug(value: Any) -> str:
    text = _plain(value).lower()
    if len(text) > 60 or not _SLUG.fullmatch(text):
        quoted = shorten(text, 30)
        raise _refuse(
            "slug.unreadable",
            f"“{quoted}”不能用作网址简称，只能用小写字母、数字和连字符，例如 zhangjiang。",
            f"“{quoted}” cannot be a short name in addresses: lower-case letters, digits and hyphens, e.g. zhangjiang.",
        )
    return text


def _read_colour(value: Any) -> str:
    text = _plain(value).lower()
    if not _COLOUR.fullmatch(text):
        quoted = shorten(text, 20)
        raise _refuse(
            "colour.unreadable",
            f"“{quoted}”不是颜色，请写成 #1f5a8a 的形式。",
            f"“{quoted}” is not a colour; write it like #1f5a8a.",
        )
    return text


def _read_email(value: Any) -> str:
    text = _plain(value).lower()
    try:
        validate_email(text)
        if len(text) > 254:
            raise ValidationError("long")
    except ValidationError:
        quoted = shorten(text, 40)
        raise _refuse(
            "email.unreadable", f"“{quoted}”不是邮箱地址。", f"“{quoted}” is not an e-mail address."
        ) from None
    return text


def _read_phone(value: Any) -> str:
    text = _plain(int(value) if isinstance(value, float) and value.is_integer() else value)
    if len(text) > 40 or not _PHONE.fullmatch(text):
        quoted = shorten(text, 30)
        raise _refuse("phone.unreadable", f"“{quoted}”不是电话号码。", f"“{quoted}” is not a telephone number.")
    return text


def _read_username(value: Any) -> str:
    text = _plain(value)
    if not _USERNAME.fullmatch(text):
        quoted = shorten(text, 30)
        raise _refuse(
            "username.unreadable",
            f"“{quoted}”不能用作用户名：2 至 60 个字，可用文字、数字和 . @ + - _。",
            f"“{quoted}” cannot be a username: 2 to 60 letters, digits or . @ + - _.",
        )
    return text


Slug = Annotated[str, understood(_read_slug)]
Colour = Annotated[str, understood(_read_colour)]
Email = Annotated[str, understood(_read_email)]
Phone = Annotated[str, understood(_read_phone)]
Username = Annotated[str, understood(_read_username)]
