"""The texts of notices: those built in, those of the library's own, and how they are rendered."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from importlib.resources import files
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

from models import notice_template
from models.notice_template import TemplateRow
from models.vocabulary import TO_MEMBERS, Language, NoticeKind
from notices import languages, paragraphs, samples
from notices.library import Library
from notices.template_check import FILTERS, LONGEST, TESTS, BadTemplate, can_be_written, check

LONGEST_OUTPUT = 200_000
LONGEST_SUBJECT = 200
PARTS = ("subject", "text", "html")


@dataclass(frozen=True, slots=True)
class Message:
    """A notice in words."""

    subject: str
    text: str
    html: str


@cache
def built_in(kind: NoticeKind, language: Language) -> TemplateRow:
    """The built-in text; it has no HTML of its own, which is made of the text."""
    text = files("notices").joinpath("texts", f"{language}.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)[kind]
    return TemplateRow(None, kind, language, found["subject"], found["text"], None, None, 0)


def current(kind: NoticeKind, language: Language) -> TemplateRow:
    """The library's own text, else the built-in one."""
    return notice_template.find(kind, language) or built_in(kind, language)


def everything() -> list[TemplateRow]:
    """The text of every kind that may be replaced, in every language."""
    own = {(row.kind, row.language): row for row in notice_template.everything()}
    return [
        own.get((kind, language)) or built_in(kind, language)
        for kind in TO_MEMBERS
        for language in Language
    ]


def render(template: TemplateRow, variables: Mapping[str, Any], library: Library) -> Message:
    """The message that a template makes of its variables. Raises BadTemplate."""
    made = {
        name: _rendered(name, source, template, variables, library)
        for name in PARTS
        if (source := getattr(template, name)) is not None
    }
    subject = " ".join(made["subject"].split())[:LONGEST_SUBJECT]
    text = made["text"].strip() + "\n"
    return Message(subject, text, made.get("html") or paragraphs.html(text, subject, template))


def require_valid(template: TemplateRow, library: Library) -> None:
    """Try a template on all there can be in a notice of its kind. Raises BadTemplate."""
    for variables in samples.of(template.kind, library):
        render(template, variables, library)


def _rendered(
    field: str,
    source: str,
    template: TemplateRow,
    variables: Mapping[str, Any],
    library: Library,
) -> str:
    try:
        compiled = _compiled(source, template.kind, template.language, library.currency, field)
        return _bounded(compiled, variables)
    except TemplateSyntaxError as error:
        raise BadTemplate(field, error.lineno, error.message or "it cannot be read") from error
    except NameError as error:
        # Jinja works out constants itself, and writes one that is infinite as a name.
        raise BadTemplate(field, _line(error), "it cannot be calculated") from error
    except (TemplateError, TypeError) as error:
        raise BadTemplate(field, _line(error), str(error)) from error
    except ValueError as error:
        line, reason = error.args if len(error.args) == 2 else (1, str(error))
        raise BadTemplate(field, line, reason) from error
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise BadTemplate(field, 1, "it is nested too deeply") from error


def _bounded(template: Template, variables: Mapping[str, Any]) -> str:
    pieces = []
    left = LONGEST_OUTPUT
    for piece in template.generate(variables):
        pieces.append(piece)
        left -= len(piece)
        if left < 0:
            raise ValueError(f"it comes to more than {LONGEST_OUTPUT:,} characters")
    text = "".join(pieces)
    if not can_be_written(text):
        raise ValueError("it has a sign that cannot be written")
    return text


@lru_cache(maxsize=512)
def _compiled(
    source: str, kind: NoticeKind, language: Language, currency: str, field: str
) -> Template:
    if len(source) > LONGEST:
        raise ValueError(f"it is longer than {LONGEST:,} characters")
    environment = _environment(language, currency, escapes=field == "html")
    check(environment.parse(source), samples.NAMES[kind], samples.ATTRIBUTES)
    return environment.from_string(source)


@lru_cache
def _environment(language: Language, currency: str, *, escapes: bool) -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        undefined=StrictUndefined, autoescape=escapes, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.clear()
    ours = {
        "date": partial(languages.day, language=language),
        "money": partial(languages.money, currency=currency, language=language),
    }
    environment.filters = {**environment.filters, **ours}
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    environment.tests = {name: environment.tests[name] for name in TESTS}
    return environment


def _line(error: BaseException) -> int:
    """The line of the template that was being rendered, which Jinja writes into the traceback."""
    line, step = 1, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == "<template>":
            line = step.tb_lineno
        step = step.tb_next
    return line
