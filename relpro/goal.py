"""What is asked of a project: a phase of a release, some kinds, some labels."""

from collections.abc import Mapping

import attrs

from relpro.errors import Diagnostic, RelproError
from relpro.model.config import Flavor, GraphConfig
from relpro.model.kind import Kind
from relpro.model.phase import Phase
from relpro.target.named import named, unknown


@attrs.frozen
class Goal:
    """What is asked of a project.

    Without a `phase`, what the target method of the parameters selects. With one, what that phase
    of `product` creates, earlier phases having run; `fresh` takes nothing as having run. `flavor`
    names a flavor of the release-promotion action, where phase and product do not tell it. `kinds`
    limits the work to some kinds and what they depend on.

    `labels` are wanted in place of what a target method selects. `rebuild_kinds` are made anew
    besides those of configuration and flavor. `recorded_only` believes the parameters in what
    exists, and takes nothing as having run that they do not record. `again` makes a release that
    was made before.
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
        """The flavor of a project that is asked for, of its `product`; None on a push.

        Raises `RelproError` (O605, ...) where there is none.
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
        """Those of the kinds that are asked for, and what they depend on, in order.

        Raises `RelproError` for a name that no kind has.
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


#: What the decision task of a push asks for.
PUSH = Goal()
