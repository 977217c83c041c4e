"""What generations gave, stage by stage: the next one takes from them what did not change."""

from collections.abc import Mapping

import attrs

from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.noted import same
from relpro.model.parameters import Parameters
from relpro.morph.morph import Morphed
from relpro.optimize.optimize import Optimized
from relpro.stock.made import Known, Made
from relpro.target.methods import Targeted
from relpro.verify.full import Sound


@attrs.frozen(eq=False, repr=False)
class Before:
    """Every stage of a whole generation, offline, of which nothing was wrong.

    It is for a generation of the same goal. `is_current` where the code of the project is the same
    as well: target methods, strategies and the parser of versions may call it.
    """

    config: GraphConfig
    parameters: Parameters
    made: Made
    sound: Sound
    target: Targeted
    existing: Mapping[str, str]
    optimized: Optimized
    morphed: Morphed
    is_current: bool = True

    def is_of(self, config: GraphConfig, parameters: Parameters) -> bool:
        """Whether its tasks follow from the same configuration and parameters."""
        return self.config == config and same(self.parameters.values, parameters.values)

    @property
    def full(self) -> TaskGraph:
        """The full graph."""
        return self.sound.graph

    def is_alike(self, made: Made) -> bool:
        """Whether these tasks differ from its own in nothing but their bodies.

        Then the same are wanted and created: nothing that decides that sees a body.
        """
        return list(made) == list(self.made) and all(
            made[name].shown is kind.shown for name, kind in self.made.items()
        )


@attrs.define(eq=False, repr=False)
class Memory:
    """What a generation may take from; nothing that it gives depends on it.

    `before` is the last one of the same goal. `siblings` are of other goals, of the same project as
    it is. `earlier` are the tasks of any others. Once the generation is whole they are forgotten.
    """

    before: Before | None = None
    siblings: tuple[Before, ...] = ()
    earlier: tuple[Made, ...] = ()

    @property
    def known(self) -> Known:
        """What kinds gave before."""
        own = (self.before.made,) if self.before else ()
        return Known.of((*own, *(one.made for one in self.siblings), *self.earlier))

    def of(self, config: GraphConfig, parameters: Parameters) -> Before | None:
        """The last generation of the same goal, if it was of the same."""
        before = self.before
        return before if before and before.is_of(config, parameters) else None

    def twin(self, made: Made) -> Sound | None:
        """The full graph of a sibling that is of the very tasks of all the same kinds."""
        return next((one.sound for one in self.siblings if _are_same(one.made, made)), None)

    def forget(self) -> None:
        """Let go of all of it."""
        self.before, self.siblings, self.earlier = None, (), ()


def _are_same(made: Made, other: Made) -> bool:
    return list(made) == list(other) and all(made[name] is kind for name, kind in other.items())
