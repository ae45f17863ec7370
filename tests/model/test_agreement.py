"""Random days at the desk, told to the API and to the model; both must say the same throughout.

OCTAVO_MODEL_LIBRARIES says how many libraries live, each for up to 150 acts; by default they are
few and the same each time.
"""

import os
from pathlib import Path

from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from tests.model import desk
from tests.model.chances import DEEDS, WEIGHTS, Chance
from tests.model.governing import Governing
from tests.model.holding import Holding
from tests.model.lending import Lending
from tests.model.machine import START
from tests.model.undoing import Undoing

LIBRARIES = os.environ.get("OCTAVO_MODEL_LIBRARIES")


class Everything(Lending, Holding, Governing, Undoing):
    """A library in which all acts happen."""

    @rule(seed=st.integers(0, 2**32 - 1))
    def act(self, seed: int) -> None:
        """One act; drawn from a seed, since acts that depend on each other are rare otherwise."""
        chance = Chance(seed)
        [deed] = chance.choices(DEEDS, WEIGHTS)
        if deed.possible(self.library):
            given = deed.given(chance)
            note(f"{deed.name}({given})")
            getattr(self, deed.name)(**given)


def test_the_desk_and_the_model_agree(sqlite_template: Path, folder: Path) -> None:
    """Every random life of a library is the same in the rules as in the API."""
    with desk.opened(sqlite_template, folder, START) as Everything.desk:
        run_state_machine_as_test(
            Everything,
            settings=settings(
                max_examples=int(LIBRARIES or 25),
                stateful_step_count=150,
                deadline=None,
                derandomize=LIBRARIES is None,
                suppress_health_check=list(HealthCheck),
            ),
        )
