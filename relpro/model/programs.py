"""Where the programs that tasks start come from, as a project says it."""

from collections.abc import Mapping

import attrs

from relpro.errors import Origin

_CONFIG = Origin("kinds/config.yml")


@attrs.frozen
class Programs:
    """What `programs` of the configuration says.

    `known` are patterns of programs that are wherever tasks run. `provided` maps a pattern of
    images and worker pools to patterns of programs that are there. `entry_points` are the programs
    of checkouts of other trees: prefix of the repository -> path -> where that was read. Kinds of
    `to_come` start programs that nothing has yet, each with the reason.
    """

    known: tuple[str, ...] = ()
    provided: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    entry_points: Mapping[str, Mapping[str, str]] = attrs.field(factory=dict)
    to_come: Mapping[str, str] = attrs.field(factory=dict)
    origin: Origin = _CONFIG
