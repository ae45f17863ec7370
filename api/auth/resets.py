"""Password resets: the tokens that are mailed, made of a request's id and mark, never stored."""

from api.auth.tokens import Signer
from api.settings import Settings
from models import password_reset


def token_of(settings: Settings, reset_id: int) -> str | None:
    """The token of a request, to be mailed; None when it works no longer."""
    mark = password_reset.mark_of(reset_id)
    return None if mark is None else _signer(settings).sign([reset_id, mark])


def use(settings: Settings, token: str) -> int | None:
    """Use a token up and return whose password may be set; None when it does not work."""
    value = _signer(settings).read(token)
    if value is None:
        return None
    # The release before signs the id alone, and reads no more of what it is given.
    return password_reset.use(value[0], value[1] if len(value) > 1 else "")


def _signer(settings: Settings) -> Signer:
    return Signer(settings.secret_keys, "password-reset")
