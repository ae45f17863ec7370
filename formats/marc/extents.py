"""How many pages there are, written into the description of a thing (300, in UNIMARC 215)."""

from formats.marc.fields import MarcRecord, Subfield
from formats.marc.layout import drop, put_first
from formats.marc.punctuation import bare
from formats.marc.statements import extent_in


def set_pages(record: MarcRecord, tag: str, pages: int | None) -> None:
    """Write the number of pages in place of the present one; what else is described stays."""
    extents = record.all(tag)
    if pages is None:
        drop(record, [one for one in extents if any(map(extent_in, one.values("a")))], "a")
        return
    for field in extents:
        for at, (code, value) in enumerate(field.subfields):
            if code == "a" and (extent := extent_in(value)):
                text = f"{value[: extent.start]}{pages}{value[extent.end :]}"
                changed = extent_in(text)
                # Another sequence may be the longest now.
                text = text if changed and changed.pages == pages else f"{pages} p."
                subfields = list(field.subfields)
                subfields[at] = Subfield(code, text)
                field.subfields = subfields
                return
    extent_so_far = bare(extents[0].get("a")) if extents else ""
    text = f"{extent_so_far} ({pages} p.)" if extent_so_far else f"{pages} p."
    put_first(record, tag, "  ", "a", text)
