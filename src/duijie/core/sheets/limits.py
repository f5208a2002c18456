"""What a file may be at most, and the sentences that refuse a file as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from duijie.core.errors import Fault

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what is read. Sizes in bytes; the ratio of inflated to packed size counts above `ratio_from`."""

    file_bytes: int = 100 * MEBIBYTE
    inflated_bytes: int = 1024 * MEBIBYTE
    ratio: int = 300
    ratio_from: int = 16 * MEBIBYTE
    entries: int = 5_000
    sheets: int = 200
    rows: int = 200_000
    columns: int = 300
    header_within: int = 10
    binary_file_bytes: int = 30 * MEBIBYTE


def refuse(code: str, zh: str, en: str, *, place: str | None = None, status: int = 422) -> Fault:
    return Fault(f"sheet.{code}", zh, en, place=place, status=status)


def too_big(size: int, limit: int) -> Fault:
    return refuse(
        "too_big",
        f"文件有 {_mebibytes(size)} MB，最多 {_mebibytes(limit)} MB，请拆分后分次上传。",
        f"The file has {_mebibytes(size)} MB; at most {_mebibytes(limit)} MB are taken. Split it.",
        status=413,
    )


def _mebibytes(size: int) -> str:
    return f"{size / MEBIBYTE:.0f}" if size >= MEBIBYTE else f"{size / MEBIBYTE:.2f}"


def inflates_too_far() -> Fault:
    return refuse(
        "zip_bomb",
        "文件解压后异常庞大，已拒绝读取；如确需上传，请另存为新的工作簿后再试。",
        "The file inflates to an abnormal size and was not read; save it as a new workbook and try again.",
        status=413,
    )


def broken(detail_zh: str = "", detail_en: str = "") -> Fault:
    return refuse(
        "broken",
        f"文件已损坏，无法读取{detail_zh}，请用 Excel 或 WPS 打开并另存后再上传。",
        f"The file is damaged and cannot be read{detail_en}; open it in Excel or WPS, save it again and upload.",
    )


def not_a_workbook(zh: str, en: str) -> Fault:
    return refuse(
        "not_a_workbook", f"{zh}，请上传 .xlsx、.xls 或 .csv 文件。", f"{en}; upload an .xlsx, .xls or .csv file."
    )


def encrypted() -> Fault:
    return refuse(
        "encrypted",
        "工作簿设有打开密码，请取消密码后再上传。",
        "The workbook is protected by a password; remove it and upload again.",
    )


def external_entities() -> Fault:
    return refuse(
        "entities",
        "文件含有不允许的 XML 声明（DOCTYPE），已拒绝读取。",
        "The file holds an XML declaration that is not allowed (DOCTYPE) and was not read.",
    )


def too_many_rows(limit: int, place: str) -> Fault:
    return refuse(
        "too_many_rows",
        f"数据超过 {limit:,} 行，请拆分后分次上传。",
        f"There are more than {limit:,} rows; split the file.",
        place=place,
        status=413,
    )


def too_many_columns(limit: int, place: str) -> Fault:
    return refuse(
        "too_many_columns",
        f"表格超过 {limit} 列，请删去多余的列。",
        f"There are more than {limit} columns; delete those not needed.",
        place=place,
        status=413,
    )
