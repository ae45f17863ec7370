"""The texts of notices: whole in every language, and templates that can do no harm."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, nodes

from models.notice_template import TemplateRow
from models.vocabulary import Language, NoticeKind
from notices import samples
from notices.library import Library
from notices.template_check import BadTemplate
from notices.templates import built_in, render, require_valid

LIBRARY = Library(name="Stadtbücherei", currency="EUR")
BOTH = [*product(NoticeKind, Language)]


def of(text: str, kind: NoticeKind = NoticeKind.DUE_SOON, **parts: Any) -> TemplateRow:
    return replace_row(built_in(kind, Language.ENGLISH), text=text, **parts)


def replace_row(row: TemplateRow, **fields: Any) -> TemplateRow:
    return row._replace(**fields)


def refusal(template: TemplateRow) -> BadTemplate:
    with pytest.raises(BadTemplate) as refused:
        require_valid(template, LIBRARY)
    return refused.value


def read_by(template: TemplateRow) -> set[str]:
    """The variables of a template and the fields it reads of them."""
    tree = Environment(autoescape=True).parse(f"{template.subject}\n{template.text}")
    names = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    return names | {f".{node.attr}" for node in tree.find_all(nodes.Getattr)}


@pytest.mark.parametrize(("kind", "language"), BOTH)
def test_each_kind_has_a_text_in_each_language(kind: NoticeKind, language: Language) -> None:
    require_valid(built_in(kind, language), LIBRARY)


@pytest.mark.parametrize("kind", NoticeKind)
def test_each_language_says_the_same(kind: NoticeKind) -> None:
    english, *others = (read_by(built_in(kind, language)) for language in Language)
    assert all(other == english for other in others)


@pytest.mark.parametrize(
    ("language", "date", "fine"),
    [
        (Language.ENGLISH, "March 9, 2026", "€1.50"),
        (Language.GERMAN, "9. März 2026", "1,50\xa0€"),
        (Language.FRENCH, "9 mars 2026", "1,50\xa0€"),
        (Language.SPANISH, "9 de marzo de 2026", "1,50\xa0€"),
    ],
)
def test_dates_and_money_are_as_the_language_writes_them(
    language: Language, date: str, fine: str
) -> None:
    variables = next(samples.of(NoticeKind.OVERDUE_1, LIBRARY))
    text = render(built_in(NoticeKind.OVERDUE_1, language), variables, LIBRARY).text
    assert date in text
    assert fine in text


def test_a_currency_without_minor_units_is_written_without() -> None:
    variables = next(samples.of(NoticeKind.OVERDUE_1, LIBRARY))
    yen = replace(LIBRARY, currency="JPY")
    text = render(built_in(NoticeKind.OVERDUE_1, Language.ENGLISH), variables, yen).text
    assert "¥150" in text


def test_the_html_of_a_text_shows_what_the_text_shows_and_runs_nothing() -> None:
    variables = next(samples.of(NoticeKind.DUE_SOON, LIBRARY))
    loan = variables["loans"][0]._replace(title="<script>alert(1)</script> & more")
    html = render(of("{{ loans[0].title }}"), {**variables, "loans": [loan]}, LIBRARY).html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in html
    assert "<script" not in html


def test_the_html_of_a_text_has_links_that_can_be_followed() -> None:
    own = of("Read <this> at https://example.org/a?b=1&c=2, or https://example.org/d & write.")
    html = render(own, next(samples.of(NoticeKind.DUE_SOON, LIBRARY)), LIBRARY).html
    assert (
        '<p>Read &lt;this&gt; at <a href="https://example.org/a?b=1&amp;c=2">'
        'https://example.org/a?b=1&amp;c=2</a>, or <a href="https://example.org/d">'
        "https://example.org/d</a> &amp; write.</p>"
    ) in html


def test_a_template_of_html_escapes_what_it_is_given() -> None:
    variables = next(samples.of(NoticeKind.DUE_SOON, LIBRARY))
    loan = variables["loans"][0]._replace(title="<b>")
    own = of("-", html="<p>{{ loans[0].title }}</p>")
    assert render(own, {**variables, "loans": [loan]}, LIBRARY).html == "<p>&lt;b&gt;</p>"


def test_a_subject_is_one_line_whatever_a_title_brings() -> None:
    variables = next(samples.of(NoticeKind.DUE_SOON, LIBRARY))
    loan = variables["loans"][0]._replace(title="Emma\r\nBcc: all@example.org")
    subject = render(of("-"), {**variables, "loans": [loan, loan]}, LIBRARY).subject
    assert subject == "Due soon at Stadtbücherei: Emma Bcc: all@example.org and others"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("one\n{{ nothing }}", 2, "there is no 'nothing' here"),
        ("{{ member.password }}", 1, "nothing here has a 'password'"),
        ("{{ member.__class__ }}", 1, "nothing here has a '__class__'"),
        ("{{ loans[0].count('x') }}", 1, "Call cannot be used"),
        ("{% for a in loans %}{% for b in loans %}{% endfor %}{% endfor %}", 1, "a loop can only"),
        ("{% for a in [1, 2] %}{% endfor %}", 1, "a loop can only"),
        ("{% for a in loans recursive %}{{ loop(loans) }}{% endfor %}", 1, "a loop can only"),
        ("{% for a in range(9) %}{% endfor %}", 1, "a loop can only"),
        ("\n\n{% include 'x' %}", 3, "Include cannot be used"),
        ("{% import 'x' as x %}", 1, "Import cannot be used"),
        ("{% extends 'x' %}", 1, "Extends cannot be used"),
        ("{% macro m() %}{{ m() }}{% endmacro %}", 1, "Macro cannot be used"),
        ("{% set a = 1 %}", 1, "Assign cannot be used"),
        ("{{ 'x' * 9999999 }}", 1, "Mul cannot be used"),
        ("{{ 9 ** 9 ** 9 }}", 1, "Pow cannot be used"),
        ("{{ '%999999999d' % 1 }}", 1, "Mod cannot be used"),
        ("{{ 'x'|center(999999999) }}", 1, "the filter 'center'"),
        ("{{ loans|map('upper') }}", 1, "the filter 'map'"),
        ("{{ member.name|date }}", 1, "this is not a date"),
        ("{{ member.name|money }}", 1, "this is not an amount"),
        ("{% if %}", 1, ""),
        (r'{{ "\0" }}', 1, "a sign or number here cannot be written"),
        (r'{{ "\ud83d" }}', 1, "a sign or number here cannot be written"),
        ("{{ 1e400|money }}", 1, "a sign or number here cannot be written"),
        ("{{ (1e308 + 1e308)|money }}", 1, "it cannot be calculated"),
        (r'{{ "\ud83d"|default("\ude00") }}', 1, "a sign or number here cannot be written"),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", 1, "it is nested too deeply"),
        ("{% if 1 %}" * 200 + "{% endif %}" * 200, 1, "it is nested too deeply"),
        ("x" * 20_001, 1, "it is longer than 20,000 characters"),
    ],
)
def test_a_template_that_may_not_be_is_refused_with_line_and_reason(
    text: str, line: int, reason: str
) -> None:
    refused = refusal(of(text))
    assert refused.extra["field"] == "text"
    assert refused.extra["line"] == line
    assert reason in refused.extra["reason"]


def test_a_template_that_fails_only_where_there_is_no_author_is_refused() -> None:
    assert "text, line 2" in refusal(of("a\n{{ loans[1].title }}")).detail


def test_a_template_whose_output_grows_too_long_is_refused() -> None:
    variables = next(samples.of(NoticeKind.DUE_SOON, LIBRARY))
    long = of("{% for loan in loans %}" + "x" * 19_000 + "{% endfor %}")
    with pytest.raises(BadTemplate, match="more than 200,000 characters"):
        render(long, {**variables, "loans": variables["loans"] * 6}, LIBRARY)


@given(st.text(alphabet=st.sampled_from("{}%|.()[]~-+*'\" abloansif\n"), max_size=60))
def test_whatever_is_written_is_a_template_or_is_refused_with_its_line(text: str) -> None:
    refused = None
    try:
        require_valid(of(text), LIBRARY)
    except BadTemplate as error:
        refused = error
    assert refused is None or (refused.extra["line"] >= 1 and refused.extra["reason"])
