"""What is wrong with an input file, said in Chinese and in English with the place of the fault."""

from __future__ import annotations


class InputFault(ValueError):
    """A file that cannot be scored. `str()` is the Chinese sentence; `sentence(language)` gives either.

    `code` is stable: `no_file`, `not_text`, `no_column`, `empty`, `blank`, `not_number`, `out_of_range`, `repeated`,
    `ragged`, `nothing_relevant`, `no_format`.
    """

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(zh)
        self.code = code
        self.zh = zh
        self.en = en

    def sentence(self, language: str) -> str:
        """The sentence in `zh` or `en`."""
        return self.en if language == "en" else self.zh


def at(file: str, row: int, column: str, code: str, zh: str, en: str) -> InputFault:
    """A fault in one cell; `row` counts from 1 with the heading as row 1, as a spreadsheet shows it."""
    return InputFault(code, f"{file} 第 {row} 行 {column} 列：{zh}", f"{file}, row {row}, column {column}: {en}")
