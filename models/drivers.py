"""Peewee without the driver of PostgreSQL, which is loaded when such a database is opened.

Peewee imports psycopg where it is installed: 5 MiB of objects, its libraries, and a tenth of a
second of each start. Whoever imports a module of this package has this one first.
"""

import sys
from typing import Any

_IS_EARLY = "psycopg" not in sys.modules
if _IS_EARLY:
    # An import of what is None here fails as if it were not installed.
    sys.modules["psycopg"] = None  # type: ignore[assignment]
try:
    import peewee
    from playhouse import db_url as db_url
finally:
    if _IS_EARLY:
        del sys.modules["psycopg"]


def load_psycopg() -> None:
    """Have psycopg, and Peewee know it as if it had imported it. Raises ImportError."""
    known: Any = peewee
    if known.psycopg is not None:
        return
    import psycopg
    from psycopg.pq import TransactionStatus
    from psycopg.types.json import Json, Jsonb

    known.psycopg, known.TransactionStatus = psycopg, TransactionStatus
    known.Json_pg3, known.Jsonb_pg3 = Json, Jsonb
    adapter = known.Psycopg3Adapter
    adapter.txn_idle = TransactionStatus.IDLE
    adapter.txn_inerror = TransactionStatus.INERROR
    adapter.txn_unknown = TransactionStatus.UNKNOWN
