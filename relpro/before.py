"""What a generation gave, stage by stage: the next one takes from it what did not change."""

from collections.abc import Mapping

import attrs

from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.morph.morph import Morphed
from relpro.optimize.optimize import Optimized
from relpro.stock.chain import Made
from relpro.target.methods import Targeted


@attrs.frozen(eq=False, repr=False)
class Before:
    """Every stage of a whole generation, offline, of which nothing was wrong.

    It is for a generation of the same goal with the same code of transforms.
    """

    config: GraphConfig
    parameters: Parameters
    made: Made
    full: TaskGraph
    target: Targeted
    existing: Mapping[str, str]
    optimized: Optimized
    morphed: Morphed

    def is_of(self, config: GraphConfig, parameters: Parameters) -> bool:
        """Whether its tasks follow from the same configuration and parameters."""
        return (self.config, self.parameters) == (config, parameters)

    def is_alike(self, made: Made) -> bool:
        """Whether these tasks differ from its own in nothing but their bodies.

        Then the same are wanted and created: nothing that decides that sees a body.
        """
        return list(made) == list(self.made) and all(
            made[name].shown is kind.shown for name, kind in self.made.items()
        )
