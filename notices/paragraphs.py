"""A plain text as HTML: paragraphs, lists and links, in a page that every mail program shows."""

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

from models.notice_template import TemplateRow
from notices.languages import LOCALES

_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head><meta charset="utf-8"><title>{title}</title></head>
<body style="font-family: sans-serif; line-height: 1.5; max-width: 40em">
{body}
</body>
</html>
"""


def html(text: str, title: str, template: TemplateRow) -> str:
    """The text as a page: blank lines part paragraphs, lines that begin with a dash are a list."""
    language = LOCALES[template.language]
    return _PAGE.format(language=language, title=escape(title), body=body(text))


def body(text: str) -> str:
    """The text as paragraphs and lists, escaped, with its links."""
    blocks = re.split(r"\n\s*\n", text.strip())
    return "\n".join(part for block in blocks for part in _block(block.splitlines()))


def _block(lines: list[str]) -> Iterator[str]:
    items = [line[2:] for line in lines if line.startswith("- ")]
    others = [line for line in lines if not line.startswith("- ")]
    if others:
        yield f"<p>{'<br>'.join(map(_linked, others))}</p>"
    if items:
        yield f"<ul>{''.join(f'<li>{_linked(item)}</li>' for item in items)}</ul>"


def _linked(line: str) -> Markup:
    made, end = Markup(), 0
    for found in _LINK.finditer(line):
        made += escape(line[end : found.start()])
        made += Markup('<a href="{0}">{0}</a>').format(found[0])
        end = found.end()
    return made + escape(line[end:])
