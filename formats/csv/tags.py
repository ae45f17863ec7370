"""HTML in texts, as other programs and word processors write it."""

import re

# All of HTML, obsolete ones too, and that of Word's islands of data.
_ELEMENTS = (
    "a|abbr|acronym|address|applet|area|article|aside|audio|b|base|basefont|bdi|bdo|bgsound|big"
    "|blink|blockquote|body|br|button|canvas|caption|center|cite|code|col|colgroup|content|data"
    "|datalist|dd|del|details|dfn|dialog|dir|div|dl|dt|em|embed|fieldset|figcaption|figure|font"
    "|footer|form|frame|frameset|h[1-6]|head|header|hgroup|hr|html|i|iframe|image|img"
    "|input|ins|isindex|kbd|keygen|label|legend|li|link|listing|main|map|mark|marquee|math|menu"
    "|menuitem|meta|meter|multicol|nav|nextid|nobr|noembed|noframes|noscript|object|ol|optgroup"
    "|option|output|p|param|picture|plaintext|pre|progress|q|rb|rp|rt|rtc|ruby|s|samp|script"
    "|search|section|select|shadow|slot|small|source|spacer|span|strike|strong|style|sub|summary"
    "|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|time|title|tr|track|tt|u|ul|var"
    "|video|wbr|xml|xmp"
)
# Attributes that need no value.
_ALONE = (
    "allowfullscreen|async|autofocus|autoplay|checked|compact|controls|declare|default|defer"
    "|disabled|download|formnovalidate|hidden|inert|ismap|itemscope|loop|multiple|muted|nohref"
    "|nomodule|noresize|noshade|novalidate|nowrap|open|playsinline|readonly|required|reversed"
    "|selected"
)
_VALUE = r"""(?:"[^"]*"|'[^']*'|[^\s"'<>]+)"""
_ATTRIBUTE = rf"""(?:[^\s"'<>/=]+\s*=\s*{_VALUE}|(?:{_ALONE})(?=[\s/>]))"""
# After a value in quotes the space between attributes is often missing.
_REST = rf"""(?:(?:\s+|(?<=["'])){_ATTRIBUTE})*\s*/?>"""
# Names with a colon are of Word and its like: o:p, st1:place.
_NAME = rf"(?:{_ELEMENTS}|[a-z][\w.-]*:[a-z][\w.-]*)"
_DECLARATION = r"<(?:!--|!\[|!doctype\s|\?xml\b)[^<>]*>"
_TAG = re.compile(rf"</?{_NAME}{_REST}|{_DECLARATION}", re.IGNORECASE)
# It begins where white space does, which is looked through once.
_BLOCKS = re.compile(rf"(?<!\s)\s*(?:</?(?:p|br|div|li){_REST}\s*)+", re.IGNORECASE)
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&nbsp;": " ", "&#39;": "'"}
_ENTITY = re.compile("|".join(_ENTITIES))


def without_tags(text: str) -> str:
    """The text that HTML shows; a text that has no tag of HTML in it as it is.

    What stands between signs as in `a<b and c>d` is no tag.
    """
    if not _TAG.search(text):
        return text
    bare = _TAG.sub("", _BLOCKS.sub("\n\n", text))
    return _ENTITY.sub(lambda entity: _ENTITIES[entity[0]], bare)
