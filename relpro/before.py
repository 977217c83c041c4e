"""The results of a generation, stage by stage, from which the next one reuses unchanged parts."""

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
    """Every stage of a complete generation, offline and without errors.

    It can be used for a generation with the same goal. `is_current` says that the code of the
    project is the same as well: target methods, strategies and the version parser may call it.
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
        """Whether its tasks were made with the same configuration and parameters."""
        return self.config == config and same(self.parameters.values, parameters.values)

    @property
    def full(self) -> TaskGraph:
        """The full graph."""
        return self.sound.graph

    def is_alike(self, made: Made) -> bool:
        """Whether these tasks differ from its own only in their bodies.

        Then the same tasks are selected and created, since nothing that decides this sees a body.
        """
        return list(made) == list(self.made) and all(
            made[name].shown is kind.shown for name, kind in self.made.items()
        )


@attrs.define(eq=False, repr=False)
class Memory:
    """Earlier results that a generation may reuse; they never change its result.

    `before` is the last generation with the same goal. `siblings` have other goals and the same
    project. `earlier` are the tasks of any others. They are forgotten once the generation is
    complete.
    """

    before: Before | None = None
    siblings: tuple[Before, ...] = ()
    earlier: tuple[Made, ...] = ()
    _is_of: bool | None = None
    _is_alike: bool | None = None

    @property
    def known(self) -> Known:
        """Earlier results of kinds."""
        own = (self.before.made,) if self.before else ()
        return Known.of((*own, *(one.made for one in self.siblings), *self.earlier))

    def of(self, config: GraphConfig, parameters: Parameters) -> Before | None:
        """The last generation with the same goal, if its inputs were the same."""
        if self.before and self._is_of is None:
            self._is_of = self.before.is_of(config, parameters)
        return self.before if self._is_of else None

    def alike(self, config: GraphConfig, parameters: Parameters, made: Made) -> Before | None:
        """The same, if the code is the same too, and tasks differ in their bodies at most."""
        before = self.of(config, parameters)
        if before and self._is_alike is None:
            self._is_alike = before.is_current and before.is_alike(made)
        return before if self._is_alike else None

    def twin(self, made: Made) -> Sound | None:
        """The full graph of a sibling that has the same task objects of the same kinds."""
        return next((one.sound for one in self.siblings if _are_same(one.made, made)), None)

    def forget(self) -> None:
        """Forget everything."""
        self.before, self.siblings, self.earlier = None, (), ()


def _are_same(made: Made, other: Made) -> bool:
    return list(made) == list(other) and all(made[name] is kind for name, kind in other.items())
