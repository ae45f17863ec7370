"""Texts of notices that a library has written in place of the built-in ones."""

from typing import Any, NamedTuple

from peewee import IntegerField, TextField

from models import audit
from models.audit import Actor
from models.database import Table, for_update
from models.fields import EnumField
from models.rows import Json, RowReader
from models.timestamps import now, timestamp
from models.vocabulary import AuditAction, Language, NoticeKind


class NoticeTemplate(Table):
    """One text: for a kind of notice, in a language."""

    kind = EnumField(NoticeKind)
    language = EnumField(Language)
    subject = TextField()
    text = TextField()
    html = TextField(null=True)
    updated_at = TextField()
    revision = IntegerField()

    class Meta:
        indexes = ((("kind", "language"), True),)


class TemplateRow(NamedTuple):
    """A text as it is stored; a built-in one has no id, and the revision 0."""

    id: int | None
    kind: NoticeKind
    language: Language
    subject: str
    text: str
    html: str | None
    updated_at: str | None
    revision: int

    @property
    def tag(self) -> tuple[str, int, int]:
        """What names the present state: noun, a number for kind and language, and revision."""
        number = list(NoticeKind).index(self.kind) * len(Language)
        return ("template", 1 + number + list(Language).index(self.language), self.revision)

    def to_json(self) -> Json:
        """The text as clients see it."""
        return {
            "kind": self.kind,
            "language": self.language,
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "built_in": self.id is None,
            "updated_at": self.updated_at,
        }


ROWS = RowReader(NoticeTemplate, TemplateRow)


def find(kind: NoticeKind, language: Language) -> TemplateRow | None:
    """The library's own text, or None."""
    return ROWS.first(_query(kind, language))


def locked(kind: NoticeKind, language: Language) -> TemplateRow | None:
    """The library's own text, locked until the transaction ends, or None."""
    return ROWS.first(for_update(_query(kind, language)))


def everything() -> list[TemplateRow]:
    """All texts of the library's own."""
    return ROWS.all(ROWS.select())


def put(present: TemplateRow, values: dict[str, Any], actor: Actor) -> TemplateRow:
    """Write `subject`, `text` and `html` in place of what there is, and give the stored text."""
    # Higher than that of any text that was here before and was deleted.
    revision = max(present.revision + 1, int(now().timestamp()))
    row = {**values, "updated_at": timestamp(), "revision": revision}
    new = {"kind": present.kind, "language": present.language, **row}
    query = NoticeTemplate.insert(new).on_conflict(
        conflict_target=(NoticeTemplate.kind, NoticeTemplate.language), update=row
    )
    query.execute()
    stored = find(present.kind, present.language) or present
    audit.record(actor, AuditAction.TEMPLATE_UPDATE, "template", stored.id)
    return stored


def delete(present: TemplateRow, actor: Actor) -> None:
    """Go back to the built-in text."""
    NoticeTemplate.delete().where(NoticeTemplate.id == present.id).execute()
    audit.record(actor, AuditAction.TEMPLATE_DELETE, "template", present.id)


def _query(kind: NoticeKind, language: Language) -> Any:
    same = (NoticeTemplate.kind == kind) & (NoticeTemplate.language == language)
    return ROWS.select().where(same)
