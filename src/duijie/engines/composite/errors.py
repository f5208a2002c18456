"""The one error of the engine: a coded sentence in Chinese and English with the place of the fault.

Nothing here falls back: whatever a method cannot do is refused with one of these sentences. The list of codes is closed
(`duijie.engines.composite.sentences`), so that a page, a sheet and the command line can all show the same words.
"""

from __future__ import annotations

from typing import NoReturn

from duijie.engines.composite.sentences import SENTENCES


class CompositeError(ValueError):
    """A refusal. `code` is stable, `place` says where, `sentence("zh")` and `sentence("en")` say what."""

    def __init__(self, code: str, place: str, values: dict[str, object]) -> None:
        self.code = code
        self.place = place
        self.values = values
        super().__init__(self.sentence("zh") + " / " + self.sentence("en"))

    def sentence(self, language: str = "zh") -> str:
        """The sentence in "zh" or "en", led by the place of the fault."""
        chinese, english = SENTENCES[self.code]
        text = (chinese if language == "zh" else english).format(**self.values)
        if not self.place:
            return text
        return f"{self.place}：{text}" if language == "zh" else f"{self.place}: {text}"


def refusal(code: str, place: str, /, **values: object) -> CompositeError:
    """The refusal `code` at `place`, to be raised."""
    return CompositeError(code, place, values)


def refuse(code: str, place: str, /, **values: object) -> NoReturn:
    """Raise the refusal `code` at `place`."""
    raise CompositeError(code, place, values)
