"""What kind of thing a MARC 21 record describes: leader/06-07, 006, 007 and 008/23."""

from formats.marc.fields import Field, MarcRecord
from formats.marc.layout import fixed, remove, set_fixed

Fields = dict[str, list[Field]]

TEXT = "text"
"""What a book is unless somebody says otherwise."""
_KINDS = {
    "a": TEXT, "t": TEXT, "c": "score", "d": "score", "e": "map", "f": "map", "g": "video",
    "i": "audio", "j": "music", "k": "image", "m": "electronic", "o": "kit", "p": "kit",
    "r": "object",
}  # fmt: skip
_SERIAL = "bis"
_SLIDES = "st"  # and transparencies (008/33)
_ONLINE = "oqs"


def material_type(leader: str, fields: Fields) -> str | None:
    """The kind, None for a text and where the leader does not say it."""
    kind = _KINDS.get(leader[6])
    if kind == TEXT:
        if leader[7] in _SERIAL:
            return "serial"
        return "electronic" if _is_electronic(fields) else None
    if leader[6] == "g" and _control(fields, "008")[33:34] in tuple(_SLIDES):
        return "image"
    return kind


def _is_electronic(fields: Fields) -> bool:
    """Whether a text is read on a screen; a disc that comes with a printed book does not count."""
    if _control(fields, "008")[23:24] in tuple(_ONLINE):
        return True
    media = [field.text[:2] for field in fields.get("007", ())]
    return "cr" in media and not any(medium[:1] == "t" for medium in media)


def _control(fields: Fields, tag: str) -> str:
    first = next(iter(fields.get(tag, ())), None)
    return first.text if first else ""


_LEADERS = {
    TEXT: "am", "serial": "as", "electronic": "am", "audio": "im", "video": "gm", "music": "jm",
    "score": "cm", "map": "em", "image": "km", "kit": "om", "object": "rm",
}  # fmt: skip
_BOOK_ONLINE = "o"


def set_material_type(record: MarcRecord, kind: str) -> None:
    """Say what kind of thing it is in the leader, and for what is read on a screen in the 008."""
    record.leader = record.leader[:6] + _LEADERS[kind] + record.leader[8:]
    is_electronic = kind == "electronic"
    if is_electronic or fixed(record)[23] in _ONLINE:
        set_fixed(record, 23, _BOOK_ONLINE if is_electronic else " ")
    if not is_electronic:
        remove(record, [field for field in record.all("007") if field.text.startswith("cr")])
