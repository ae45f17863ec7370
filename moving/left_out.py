"""What does not leave with a library: secrets, settings, and what only this one did and sent."""

from collections.abc import Mapping

LEFT_OUT: Mapping[str, tuple[str, ...]] = {
    "passwords and PINs": (),
    "staff accounts": (),
    "settings": (),
    "sign-ins, API keys and tokens": ("session", "api_key", "password_reset", "failed_pin"),
    "the audit log and the feed of events": ("audit", "feed"),
    "notices and the texts of notices": ("notice", "notice_item", "notice_template"),
    "webhooks and their deliveries": ("webhook", "webhook_delivery"),
    "stocktakes": ("stocktake", "stocktake_scan"),
    "uses in the library": ("house_use",),
    "due dates moved together, as far as that can be undone": ("due_date_batch", "due_date_move"),
    "imports and what they rejected": ("import_job", "import_fault", "import_reject"),
    "answers kept for requests and payments sent twice": ("idempotency", "machine_payment"),
}
"""In the words of the manifest, with the tables that are left out whole."""
