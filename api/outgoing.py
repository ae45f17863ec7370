"""What members and programs are told of, as the settings say; see `api.jobs` for the sending."""

from api.settings import Settings
from models.vocabulary import Language
from notices import causes
from notices.library import Library


def begin(settings: Settings) -> None:
    """Queue the notices of this library in every act from now on."""
    causes.subscribe(library(settings))


def library(settings: Settings) -> Library:
    """The library as its notices speak of it."""
    return Library(
        name=settings.library_name,
        email=settings.library_email or settings.admin_email,
        address=settings.library_address,
        url=settings.public_url,
        language=Language(settings.library_language),
        currency=settings.currency,
        paper=settings.library_paper,
        kinds=settings.notices,
    )
