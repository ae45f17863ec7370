"""Password resets: the tokens that are mailed, made from their requests' ids and never stored."""

from api.auth.tokens import Signer
from api.settings import Settings
from models import password_reset


def token_of(settings: Settings, reset_id: int) -> str | None:
    """The token of a request, to be mailed; None when it works no longer."""
    return _signer(settings).sign([reset_id]) if password_reset.is_usable(reset_id) else None


def use(settings: Settings, token: str) -> int | None:
    """Use a token up and return whose password may be set; None when it does not work."""
    value = _signer(settings).read(token)
    return None if value is None else password_reset.use(value[0])


def _signer(settings: Settings) -> Signer:
    return Signer(settings.secret_keys, "password-reset")
