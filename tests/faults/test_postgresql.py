"""PostgreSQL that is killed, cut off, held up, or takes no writes, while desks are at work."""

import threading
import time

import pytest

from tests.faults.lending import lending
from tests.support.clusters import DATABASE, Member
from tests.support.servers import Server

pytestmark = [pytest.mark.server, pytest.mark.replica]
CUTS = 10


def cut(postgres: Member) -> None:
    """End every connection to the library, as a broken network does."""
    postgres.run(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{DATABASE}'",  # noqa: S608
        "postgres",
    )


def test_nothing_is_lost_or_done_twice_when_postgresql_is_killed(
    on_postgres: Server, postgres: Member
) -> None:
    with lending(on_postgres) as desks:
        postgres.stop()
        desks.until_refused()
        postgres.start()
        desks.is_back()


def test_nothing_is_lost_or_done_twice_when_connections_are_cut_again_and_again(
    on_postgres: Server, postgres: Member
) -> None:
    with lending(on_postgres) as desks:
        for _ in range(CUTS):
            cut(postgres)
            time.sleep(0.1)
        desks.is_back()


def test_writes_are_refused_while_postgresql_is_a_standby_and_done_when_it_is_none(
    on_postgres: Server, postgres: Member
) -> None:
    with lending(on_postgres) as desks:
        postgres.run(
            f"ALTER DATABASE {DATABASE} SET default_transaction_read_only = on", "postgres"
        )
        cut(postgres)
        desks.until_refused()
        postgres.run(f"ALTER DATABASE {DATABASE} RESET default_transaction_read_only", "postgres")
        cut(postgres)
        desks.is_back()


def test_desks_go_on_when_what_locked_the_tables_has_ended(
    on_postgres: Server, postgres: Member
) -> None:
    with lending(on_postgres) as desks:
        holding = threading.Thread(
            target=postgres.run,
            args=("BEGIN; LOCK TABLE audit IN EXCLUSIVE MODE; SELECT pg_sleep(2); COMMIT",),
        )
        holding.start()
        holding.join()
        desks.is_back()
