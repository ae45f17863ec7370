"""Templates: the texts of notices."""

from typing import Any

from api.http.conditional import require_match
from api.http.csv_answers import CSV
from api.http.representations import JSON
from api.operation import Answer, Call, operation
from api.resource import Resource
from models import notice_template
from models.notice_template import TemplateRow
from models.vocabulary import Language, NoticeKind
from notices import outbox, samples, templates
from validators import notices as schemas
from validators.engine.bodies import compile_body


def _answered(row: TemplateRow) -> Answer:
    return Answer(row.to_json(), tag=row.tag)


def _locked(call: Call, kind: NoticeKind, language: Language) -> TemplateRow:
    """The template before it is changed. Raises Stale and PreconditionRequired (`If-Match`)."""
    present = notice_template.locked(kind, language) or templates.built_in(kind, language)
    require_match(call.if_match, present.tag, required=call.settings.require_if_match)
    return present


def _written(present: TemplateRow, values: dict[str, Any]) -> TemplateRow:
    """The template with these parts. Raises BadTemplate unless it can be rendered."""
    written = present._replace(**{name: values[name] for name in templates.PARTS})
    templates.require_valid(written, outbox.library())
    return written


class Templates(Resource):
    """`/templates`"""

    @operation("listTemplates", "Read all templates", answer=schemas.TEMPLATES, offers=(JSON, CSV))
    def get(self, call: Call) -> Answer:
        """The template of every kind of notice in every language."""
        return Answer({"data": [row.to_json() for row in templates.everything()]})


class Template(Resource):
    """`/templates/{kind}/{language}`"""

    @operation("getTemplate", "Read a template", answer=schemas.TEMPLATE, problems=("not-found",))
    def get(self, call: Call, kind: NoticeKind, language: Language) -> Answer:
        """The library's own, else the built-in one."""
        return _answered(templates.current(kind, language))

    @operation(
        "replaceTemplate",
        "Write a template",
        body=compile_body(schemas.TEMPLATE, "replace"),
        answer=schemas.TEMPLATE,
        problems=("not-found", "template"),
    )
    def put(self, call: Call, kind: NoticeKind, language: Language) -> Answer:
        """The library's own template in place of the one before."""
        present = _locked(call, kind, language)
        _written(present, call.body)
        values = {name: call.body[name] for name in templates.PARTS}
        return _answered(notice_template.put(present, values, call.actor))

    @operation(
        "deleteTemplate", "Go back to the built-in template", status=204, problems=("not-found",)
    )
    def delete(self, call: Call, kind: NoticeKind, language: Language) -> Answer:
        """The library's own is gone, if there was one."""
        present = _locked(call, kind, language)
        if present.id is not None:
            notice_template.delete(present, call.actor)
        return Answer(status=204)


class TemplatePreviews(Resource):
    """`/templates/{kind}/{language}/previews`"""

    @operation(
        "previewTemplate",
        "Try a template",
        body=compile_body(schemas.PREVIEW, "create"),
        body_optional=True,
        answer=schemas.RENDERED,
        problems=("not-found", "template"),
        reads_only=True,
    )
    def post(self, call: Call, kind: NoticeKind, language: Language) -> Answer:
        """A notice with made-up contents; parts that are left out are those of the template."""
        present = templates.current(kind, language)
        given = {name: value for name, value in call.body.items() if value is not None}
        parts = {name: getattr(present, name) for name in templates.PARTS}
        if "text" in given and "html" not in given:
            parts["html"] = None
        written = _written(present, {**parts, **given})
        library = outbox.library()
        message = templates.render(written, next(samples.of(written.kind, library)), library)
        return Answer({name: getattr(message, name) for name in templates.PARTS})
