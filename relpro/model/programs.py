"""The known sources of the programs that tasks start."""

from collections.abc import Mapping

import attrs

from relpro.errors import Origin

_CONFIG = Origin("kinds/config.yml")


@attrs.frozen
class Programs:
    """The content of `programs` of the configuration.

    `known` are patterns of programs that exist wherever tasks run. `provided` maps a pattern of
    images and worker pools to patterns of programs there. `entry_points` are programs in checkouts
    of other trees: prefix of the repository -> path -> source. Kinds in `to_come` start programs
    that do not exist yet, each with the reason.
    """

    known: tuple[str, ...] = ()
    provided: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    entry_points: Mapping[str, Mapping[str, str]] = attrs.field(factory=dict)
    to_come: Mapping[str, str] = attrs.field(factory=dict)
    origin: Origin = _CONFIG
