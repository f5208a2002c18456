"""Read the settings of a step or a section from a mapping, refusing what is unknown, of the wrong kind or out of range."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

from duijie.engines.composite.errors import refuse

_ABSENT = object()


class Settings:
    """A mapping with a place; every `read` takes one key, and `done` refuses the keys nobody asked for."""

    def __init__(self, raw: Any, place: str) -> None:
        if raw is None:
            raw = {}
        if not isinstance(raw, Mapping):
            refuse("not_a_mapping", place, found=type(raw).__name__)
        self.place = place
        self._raw: dict[str, Any] = {str(key): value for key, value in raw.items()}
        self._read: set[str] = set()

    def has(self, name: str) -> bool:
        """Whether the key was given at all."""
        return name in self._raw

    def names(self) -> list[str]:
        """Every key given."""
        return list(self._raw)

    def value(self, name: str, default: Any = _ABSENT) -> Any:
        """The value as it stands; refused when absent without a default."""
        self._read.add(name)
        if name in self._raw:
            return self._raw[name]
        if default is _ABSENT:
            refuse("setting_missing", self.place, name=name)
        return default

    def text(self, name: str, default: Any = _ABSENT, choices: Iterable[str] | None = None) -> str:
        """A text, one of `choices` where they are given."""
        found = self.value(name, default)
        if isinstance(found, bool) or not isinstance(found, (str, int, float)):
            refuse("setting_not_text", self.place, name=name, found=found)
        text = str(found)
        if choices is not None and text not in (known := list(choices)):
            refuse("setting_not_known", self.place, name=name, found=text, known=", ".join(known))
        return text

    def optional_text(self, name: str, default: str | None = None) -> str | None:
        """A text or None."""
        found = self.value(name, default)
        return None if found is None else self.text(name)

    def number(self, name: str, default: Any = _ABSENT, low: float | None = None, high: float | None = None) -> float:
        """A finite number within [low, high]."""
        found = self.value(name, default)
        if isinstance(found, bool) or not isinstance(found, Real) or not abs(float(found)) < float("inf"):
            refuse("setting_not_number", self.place, name=name, found=found)
        number = int(found) if isinstance(found, Integral) else float(found)
        if low is not None and high is None and number < low:
            refuse("setting_below", self.place, name=name, found=found, low=low)
        if (low is not None and number < low) or (high is not None and number > high):
            refuse("setting_out_of_range", self.place, name=name, found=found, low=low, high=high)
        return number

    def optional_number(self, name: str, default: float | None = None, low: float | None = None) -> float | None:
        """A finite number or None."""
        return None if self.value(name, default) is None else self.number(name, default, low=low)

    def whole(self, name: str, default: Any = _ABSENT, low: int | None = None, high: int | None = None) -> int:
        """A whole number."""
        found = self.number(name, default, low=low, high=high)
        if found != int(found):
            refuse("setting_not_whole", self.place, name=name, found=found)
        return int(found)

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        found = self.value(name, default)
        if not isinstance(found, bool):
            refuse("setting_not_flag", self.place, name=name, found=found)
        return found

    def texts(self, name: str, default: Sequence[str] = ()) -> list[str]:
        """A list of texts (one text counts as a list of one)."""
        found = self.value(name, list(default))
        if isinstance(found, (str, int, float)) and not isinstance(found, bool):
            return [str(found)]
        if not isinstance(found, Sequence):
            refuse("setting_not_list", self.place, name=name, found=found)
        return [str(item) for item in found]

    def numbers(self, name: str, default: Any = _ABSENT, length: int | None = None) -> list[float]:
        """A list of finite numbers, of the given length if any."""
        found = self.value(name, default)
        right = isinstance(found, Sequence) and not isinstance(found, str)
        if not right or not all(isinstance(item, (int, float)) and not isinstance(item, bool) for item in found):
            refuse("setting_not_numbers", self.place, name=name, found=found)
        if length is not None and len(found) != length:
            refuse("setting_length", self.place, name=name, length=length, found=len(found))
        return [float(item) for item in found]

    def section(self, name: str) -> Settings:
        """A mapping inside this one (empty when absent)."""
        return Settings(self.value(name, {}), f"{self.place}.{name}")

    def items(self, name: str) -> list[tuple[str, Any]]:
        """The items of a mapping inside this one, keys as texts."""
        found = self.value(name, {})
        if not isinstance(found, Mapping):
            refuse("not_a_mapping", f"{self.place}.{name}", found=type(found).__name__)
        return [(str(key), value) for key, value in found.items()]

    def done(self) -> None:
        """Refuse keys that nobody read: a misspelt setting must not be ignored."""
        unknown = [name for name in self._raw if name not in self._read]
        if unknown:
            refuse("setting_unknown", self.place, name=unknown[0], known=", ".join(sorted(self._read)))
