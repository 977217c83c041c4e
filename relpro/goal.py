"""The request to a project: a phase of a release, some kinds, some labels."""

from collections.abc import Mapping

import attrs

from relpro.errors import Diagnostic, RelproError
from relpro.model.config import Flavor, GraphConfig
from relpro.model.kind import Kind
from relpro.model.phase import Phase
from relpro.target.named import named, unknown


@attrs.frozen
class Goal:
    """A request to a project.

    Without a `phase`, the tasks that the target method of the parameters selects. With one, the
    tasks that this phase of `product` creates after the earlier phases; with `fresh`, no earlier
    phase is assumed. `flavor` names a flavor of the release-promotion action, if phase and product
    are not enough. `kinds` limits the work to some kinds and their dependencies.

    `labels` replace the selection of a target method. `rebuild_kinds` are made again, in addition
    to those of configuration and flavor. With `recorded_only`, only tasks that the parameters
    record count as existing. `again` repeats a release that was made before.
    """

    phase: Phase | None = None
    product: str | None = None
    flavor: str | None = None
    fresh: bool = False
    kinds: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    rebuild_kinds: tuple[str, ...] = ()
    recorded_only: bool = False
    again: bool = False

    def flavor_in(self, config: GraphConfig, product: str | None) -> Flavor | None:
        """The flavor for this goal and its `product`; None on a push.

        Raises `RelproError` (O605, ...) if there is none.
        """
        if self.flavor:
            return named("flavor", self.flavor, config.flavors)
        if self.phase is None or product is None:
            return None
        if product not in config.products:
            raise unknown("product", product, config.products)
        flavor = config.flavor_for(self.phase, product)
        if flavor is None and self.phase is not Phase.BUILD:
            what = f"no flavor runs phase `{self.phase.value}` of `{product}`"
            raise RelproError(Diagnostic("O605", what, (config.origin,)))
        return flavor

    def kinds_in(self, kinds: Mapping[str, Kind]) -> Mapping[str, Kind]:
        """The requested kinds and their dependencies, in order.

        Raises `RelproError` for an unknown kind.
        """
        if not self.kinds:
            return kinds
        wanted: set[str] = set()
        pending = [named("kind", name, kinds).name for name in self.kinds]
        while pending:
            name = pending.pop()
            if name not in wanted:
                wanted.add(name)
                pending += kinds[name].dependencies
        return {name: kind for name, kind in kinds.items() if name in wanted}


#: The goal of a push's decision task.
PUSH = Goal()
