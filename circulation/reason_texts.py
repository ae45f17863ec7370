"""The reasons of refusals as members read them, in English, German, French and Spanish.

The sentences in `reasons` are for the clerk at the desk; these are for the member at a machine or a
screen, and name nobody else.
"""

from collections.abc import Mapping
from typing import Any

LANGUAGES = ("eng", "ger", "fre", "spa")
"""ISO 639-2/B, in the order of the texts."""

_TEXTS: dict[str, tuple[str, str, str, str]] = {
    "copy-on-loan": (
        "This item is on loan to somebody else.",
        "Dieses Medium ist an jemand anderen verliehen.",
        "Ce document est prêté à quelqu'un d'autre.",
        "Este ejemplar está prestado a otra persona.",
    ),
    "already-borrowed": (
        "You have this item already.",
        "Sie haben dieses Medium bereits ausgeliehen.",
        "Vous avez déjà emprunté ce document.",
        "Ya tiene este ejemplar en préstamo.",
    ),
    "title-on-loan": (
        "You have another copy of this title.",
        "Sie haben ein anderes Exemplar dieses Titels ausgeliehen.",
        "Vous avez déjà un autre exemplaire de ce titre.",
        "Ya tiene otro ejemplar de este título.",
    ),
    "copy-not-lendable": (
        "This item cannot be borrowed.",
        "Dieses Medium ist nicht ausleihbar.",
        "Ce document est exclu du prêt.",
        "Este ejemplar no se presta.",
    ),
    "copy-in-repair": (
        "This item is being repaired.",
        "Dieses Medium wird repariert.",
        "Ce document est en réparation.",
        "Este ejemplar está en reparación.",
    ),
    "copy-lost": (
        "This item is marked lost. Please take it to the desk.",
        "Dieses Medium gilt als verloren. Bitte geben Sie es an der Theke ab.",
        "Ce document est déclaré perdu. Veuillez l'apporter à l'accueil.",
        "Este ejemplar consta como perdido. Entréguelo en el mostrador.",
    ),
    "copy-withdrawn": (
        "This item no longer belongs to the library's stock.",
        "Dieses Medium gehört nicht mehr zum Bestand.",
        "Ce document ne fait plus partie du fonds.",
        "Este ejemplar ya no pertenece al fondo.",
    ),
    "copy-held": (
        "This item is set aside for another member.",
        "Dieses Medium ist für jemand anderen zurückgelegt.",
        "Ce document est mis de côté pour quelqu'un d'autre.",
        "Este ejemplar está apartado para otra persona.",
    ),
    "held-for-others": (
        "Others are waiting for this title.",
        "Andere warten auf diesen Titel.",
        "D'autres personnes attendent ce titre.",
        "Otras personas esperan este título.",
    ),
    "loan-limit": (
        "Items you have on loan: {open}; allowed: {limit}.",
        "Von Ihnen ausgeliehene Medien: {open}; erlaubt: {limit}.",
        "Documents que vous avez empruntés : {open} ; maximum : {limit}.",
        "Ejemplares que tiene en préstamo: {open}; máximo: {limit}.",
    ),
    "loan-closed": (
        "This loan has ended.",
        "Diese Ausleihe ist beendet.",
        "Ce prêt est terminé.",
        "Este préstamo ha terminado.",
    ),
    "claimed-returned": (
        "You reported this item as returned.",
        "Sie haben dieses Medium als zurückgegeben gemeldet.",
        "Vous avez signalé ce document comme rendu.",
        "Usted indicó que había devuelto este ejemplar.",
    ),
    "no-gain": (
        "Renewing now would not change the due date.",
        "Eine Verlängerung würde das Rückgabedatum jetzt nicht ändern.",
        "Une prolongation ne changerait pas la date de retour.",
        "Renovar ahora no cambiaría la fecha de devolución.",
    ),
    "renewal-limit": (
        "Renewals that this loan may have: {limit}.",
        "Mögliche Verlängerungen dieser Ausleihe: {limit}.",
        "Prolongations possibles de ce prêt : {limit}.",
        "Renovaciones posibles de este préstamo: {limit}.",
    ),
    "hold-waiting": (
        "Others are waiting for this title.",
        "Andere warten auf diesen Titel.",
        "D'autres personnes attendent ce titre.",
        "Otras personas esperan este título.",
    ),
    "hold-exists": (
        "You have a hold on this title already.",
        "Sie haben diesen Titel bereits vorgemerkt.",
        "Vous avez déjà réservé ce titre.",
        "Ya tiene reservado este título.",
    ),
    "hold-limit": (
        "Holds you have: {open}; allowed: {limit}.",
        "Ihre Vormerkungen: {open}; erlaubt: {limit}.",
        "Vos réservations : {open} ; maximum : {limit}.",
        "Reservas que tiene: {open}; máximo: {limit}.",
    ),
    "no-copies": (
        "No copy of this title can be lent to you.",
        "Kein Exemplar dieses Titels kann an Sie verliehen werden.",
        "Aucun exemplaire de ce titre ne peut vous être prêté.",
        "Ningún ejemplar de este título se le puede prestar.",
    ),
    "member-inactive": (
        "This account is not active.",
        "Dieses Konto ist nicht aktiv.",
        "Ce compte n'est pas actif.",
        "Esta cuenta no está activa.",
    ),
    "member-blocked": (
        "This account is blocked. {reason}",
        "Dieses Konto ist gesperrt. {reason}",
        "Ce compte est bloqué. {reason}",
        "Esta cuenta está bloqueada. {reason}",
    ),
    "member-expired": (
        "The membership ends on {expires_on}.",
        "Die Mitgliedschaft endet am {expires_on}.",
        "L'inscription se termine le {expires_on}.",
        "La inscripción termina el {expires_on}.",
    ),
    "fees-owed": (
        "You owe {balance}; more than {limit} blocks the account.",
        "Sie schulden {balance}; mehr als {limit} sperrt das Konto.",
        "Vous devez {balance} ; plus de {limit} bloque le compte.",
        "Debe {balance}; más de {limit} bloquea la cuenta.",
    ),
    "loans-overdue": (
        "Overdue items: {count}.",
        "Überfällige Medien: {count}.",
        "Documents en retard : {count}.",
        "Ejemplares con retraso: {count}.",
    ),
}


def is_known(code: str) -> bool:
    """Whether there is a text for a reason's code."""
    return code in _TEXTS


def reason_text(code: str, params: Mapping[str, Any], language: str) -> str:
    """The sentence for a reason; `params` are the reason's, money and days already in words.

    `language` is one of `LANGUAGES`. Raises KeyError for an unknown code.
    """
    text = _TEXTS[code][LANGUAGES.index(language)]
    given = {name: "" if value is None else value for name, value in params.items()}
    return text.format(**given).strip()
