"""What machines show besides the reasons of refusals, in English, German, French and Spanish."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from circulation.money import in_words
from circulation.reason_texts import LANGUAGES, is_known, reason_text
from models.vocabulary import Language
from notices.languages import day

_OF_SIP2 = {
    "000": None,
    "001": "eng",
    "002": "fre",
    "003": "ger",
    "008": "spa",
    "011": "fre",
    "019": None,
    "021": "spa",
    "024": "eng",
    "026": None,
}
_SHORT = {"en": "eng", "de": "ger", "fr": "fre", "es": "spa", "deu": "ger", "fra": "fre"}

_TEXTS: dict[str, tuple[str, str, str, str]] = {
    "sign-in": (
        "This machine has not signed in.",
        "Dieses Gerät ist nicht angemeldet.",
        "Cet appareil n'est pas identifié.",
        "Este equipo no se ha identificado.",
    ),
    "unknown-card": (
        "This card is not known.",
        "Dieser Ausweis ist nicht bekannt.",
        "Cette carte n'est pas connue.",
        "Esta tarjeta no es conocida.",
    ),
    "unknown-item": (
        "This item is not known. Please take it to the desk.",
        "Dieses Medium ist nicht bekannt. Bitte wenden Sie sich an die Theke.",
        "Ce document n'est pas connu. Adressez-vous à l'accueil.",
        "Este ejemplar no es conocido. Diríjase al mostrador.",
    ),
    "wrong-pin": (
        "The PIN or password is wrong.",
        "PIN oder Passwort ist falsch.",
        "Le code ou le mot de passe est incorrect.",
        "El PIN o la contraseña no es correcto.",
    ),
    "too-many-pins": (
        "Too many wrong PINs. Please try again in {minutes} minutes.",
        "Zu viele falsche PINs. Bitte versuchen Sie es in {minutes} Minuten wieder.",
        "Trop de codes incorrects. Réessayez dans {minutes} minutes.",
        "Demasiados PIN incorrectos. Inténtelo de nuevo en {minutes} minutos.",
    ),
    "not-supported": (
        "The library does not support this function.",
        "Die Bibliothek unterstützt diese Funktion nicht.",
        "La bibliothèque ne prend pas en charge cette fonction.",
        "La biblioteca no admite esta función.",
    ),
    "unavailable": (
        "The library's system is not available. Please try again.",
        "Das System der Bibliothek ist nicht erreichbar. Bitte versuchen Sie es wieder.",
        "Le système de la bibliothèque n'est pas disponible. Réessayez.",
        "El sistema de la biblioteca no está disponible. Inténtelo de nuevo.",
    ),
    "not-possible": (
        "This is not possible. Please ask at the desk.",
        "Das ist nicht möglich. Bitte wenden Sie sich an die Theke.",
        "Ce n'est pas possible. Adressez-vous à l'accueil.",
        "No es posible. Diríjase al mostrador.",
    ),
    "not-on-loan": (
        "You do not have this item on loan.",
        "Sie haben dieses Medium nicht ausgeliehen.",
        "Vous n'avez pas emprunté ce document.",
        "No tiene este ejemplar en préstamo.",
    ),
    "no-hold": (
        "You have no hold on this title.",
        "Sie haben diesen Titel nicht vorgemerkt.",
        "Vous n'avez pas réservé ce titre.",
        "No tiene reservado este título.",
    ),
    "hold-closed": (
        "This hold has ended.",
        "Diese Vormerkung ist beendet.",
        "Cette réservation est terminée.",
        "Esta reserva ha terminado.",
    ),
    "hold-expiry": (
        "The expiration date of the hold cannot be read or is past.",
        "Das Ablaufdatum der Vormerkung ist nicht lesbar oder vorbei.",
        "La date d'expiration de la réservation est illisible ou passée.",
        "La fecha de caducidad de la reserva no se entiende o ha pasado.",
    ),
    "calendar-closed": (
        "The library has no open day to return it on.",
        "Die Bibliothek hat keinen offenen Tag für die Rückgabe.",
        "La bibliothèque n'a pas de jour ouvert pour le retour.",
        "La biblioteca no tiene ningún día abierto para la devolución.",
    ),
    "amount": (
        "The amount cannot be read.",
        "Der Betrag ist nicht lesbar.",
        "Le montant est illisible.",
        "El importe no se entiende.",
    ),
    "currency": (
        "The library takes {currency} only.",
        "Die Bibliothek nimmt nur {currency} an.",
        "La bibliothèque n'accepte que {currency}.",
        "La biblioteca solo acepta {currency}.",
    ),
    "overpaid": (
        "This is more than is owed: {balance}.",
        "Das ist mehr, als geschuldet wird: {balance}.",
        "C'est plus que le montant dû : {balance}.",
        "Es más de lo que se debe: {balance}.",
    ),
    "payment-reused": (
        "This transaction was a payment of {amount} before; it is not booked.",
        "Dieser Vorgang war schon eine Zahlung über {amount}; er wird nicht gebucht.",
        "Cette transaction était déjà un paiement de {amount} ; elle n'est pas enregistrée.",
        "Esta transacción ya fue un pago de {amount}; no se registra.",
    ),
    "unknown-fee": (
        "There is no such fee to pay.",
        "Eine solche Gebühr ist nicht zu zahlen.",
        "Il n'y a pas de frais correspondants à payer.",
        "No hay ninguna cuota así que pagar.",
    ),
    "set-aside": (
        "Set aside for a hold.",
        "Für eine Vormerkung zurückgelegt.",
        "Mis de côté pour une réservation.",
        "Apartado para una reserva.",
    ),
    "fee-overdue": ("Late return", "Verspätete Rückgabe", "Retour en retard", "Retraso"),
    "fee-lost": ("Lost item", "Verlorenes Medium", "Document perdu", "Ejemplar perdido"),
    "fee-damage": ("Damage", "Beschädigung", "Dommage", "Daños"),
    "fee-membership": ("Membership", "Mitgliedschaft", "Inscription", "Inscripción"),
    "fee-manual": ("Fee", "Gebühr", "Frais", "Cuota"),
    "fee-refund": ("Refund", "Erstattung", "Remboursement", "Reembolso"),
}
_MONEY = frozenset({"balance", "limit"})


def language_of(member: str | None, requested: str, library: str | None) -> str:
    """The language to tell something in: the member's, else the request's, else the library's.

    `member` and `library` are ISO 639 codes, `requested` is the three digits of SIP2.
    """
    for code in (member, _OF_SIP2.get(requested), library):
        known = _SHORT.get(code or "", code)
        if known in LANGUAGES:
            return str(known)
    return LANGUAGES[0]


def phrase(name: str, language: str, **params: Any) -> str:
    """A text by its name."""
    return _TEXTS[name][LANGUAGES.index(language)].format(**params)


def refusals(reasons: Sequence[Mapping[str, Any]], language: str, currency: str) -> list[str]:
    """The sentences of the reasons of a refusal, each `{code, detail, params}`."""
    return [_refusal(reason, language, currency) for reason in reasons]


def _refusal(reason: Mapping[str, Any], language: str, currency: str) -> str:
    if not is_known(reason["code"]):
        return str(reason["detail"])
    params = dict(reason["params"])
    if reason["code"] == "fees-owed":
        params |= {name: in_words(params[name], currency) for name in _MONEY & params.keys()}
    if "expires_on" in params:
        params["expires_on"] = day(date.fromisoformat(params["expires_on"]), Language(language))
    return reason_text(reason["code"], params, language)


def told(code: str) -> str | None:
    """The name of the text for a problem's code, or None."""
    return {
        "copy-not-found": "unknown-item",
        "user-not-found": "unknown-card",
    }.get(code, code if code in _TEXTS else None)
