"""The phases of a release, in their order."""

import enum
from functools import cached_property


class Phase(enum.Enum):
    """A shipping phase. Phases compare in the order in which they run."""

    BUILD = "build"
    PROMOTE = "promote"
    PUSH = "push"
    SHIP = "ship"

    @cached_property
    def rank(self) -> int:
        """0 for build, 3 for ship."""
        return _RANK[self.value]

    def __lt__(self, other: "Phase") -> bool:
        return self.rank < other.rank

    def __le__(self, other: "Phase") -> bool:
        return self.rank <= other.rank


_RANK = {phase.value: rank for rank, phase in enumerate(Phase)}

#: Word -> phase, since this is looked up for every task and calling `Phase` is slower.
PHASE_OF = {phase.value: phase for phase in Phase}

#: The names of phases.
PHASES = tuple(PHASE_OF)
