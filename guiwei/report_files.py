"""A report as one HTML page that needs nothing else, and as a workbook."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from openpyxl import Workbook
from openpyxl.styles import Font

from models.texts import Language

Cell = str | int | float

STYLE = """body{font:15px/1.5 system-ui,"Noto Sans CJK SC",sans-serif;color:#1d2730}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #dde4e8}th{font-weight:600;color:#4a5a66}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}img{max-width:100%}p.note{color:#4a5a66}"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with a title; every row has as many cells as there are headings."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def html_page(
    title: str, sheets: Sequence[Sheet], plots: Sequence[tuple[str, bytes]], note: str, language: Language
) -> bytes:
    """The page, UTF-8. Names from the site file are escaped."""
    parts = [f"<h1>{escape(title)}</h1>", _table(sheets[0]), f'<p class="note">{escape(note)}</p>']
    for name, png in plots:
        data = base64.b64encode(png).decode()
        parts.append(f'<h2>{escape(name)}</h2><img alt="{escape(name)}" src="data:image/png;base64,{data}">')
    parts += [f"<h2>{escape(sheet.title)}</h2>{_table(sheet)}" for sheet in sheets[1:]]
    lang = "zh-CN" if language == "zh" else "en"
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    return f'<!doctype html><html lang="{lang}">{head}<style>{STYLE}</style>{"".join(parts)}</html>'.encode()


def xlsx_book(sheets: Sequence[Sheet]) -> bytes:
    """One worksheet a table. Text is never taken for a formula."""
    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        page = book.create_sheet(sheet.title[:31])
        page.append(list(sheet.headings))
        for cell in page[1]:
            cell.font = Font(bold=True)
        for number, row in enumerate(sheet.rows, 2):
            for column, value in enumerate(row, 1):
                cell = page.cell(number, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"
        page.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _table(sheet: Sheet) -> str:
    head = "".join(f"<th>{escape(h)}</th>" for h in sheet.headings)
    rows = ("".join(f"<td>{escape(str(cell))}</td>" for cell in row) for row in sheet.rows)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
