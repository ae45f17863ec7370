"""The library as its notices speak of it: its names, its language, its currency, its kinds."""

from dataclasses import dataclass, field

from models.vocabulary import Language
from notices.kinds import BUILT_IN, Kinds


@dataclass(frozen=True, slots=True)
class Library:
    """What the settings say of it.

    `url` is where members find it, without a slash at the end; `paper`, `a4` or `letter`, is what
    letters are printed on.
    """

    name: str = "The library"
    email: str = ""
    address: str = ""
    url: str = ""
    language: Language = Language.ENGLISH
    currency: str = "EUR"
    paper: str = "a4"
    kinds: Kinds = field(default_factory=lambda: BUILT_IN)
