"""A rule of an update server: its conditions, and the release that it offers."""

from collections.abc import Mapping
from typing import Any

import attrs

from relpro.updates import matching
from relpro.updates.request import Request
from relpro.updates.versions import matches_version

#: Column -> attribute, where the names differ; the columns are those of Balrog's table `rules`.
_RENAMED = {
    "fallbackMapping": "fallback_mapping",
    "backgroundRate": "background_rate",
    "buildTarget": "build_target",
    "buildID": "build_id",
    "osVersion": "os_version",
    "instructionSet": "instruction_set",
    "distVersion": "dist_version",
    "headerArchitecture": "header_architecture",
}


@attrs.frozen
class Rule:
    """A row of the table of rules. A column that is None matches every client."""

    rule_id: int
    priority: int
    mapping: str | None
    background_rate: int = 100
    update_type: str = "minor"
    alias: str | None = None
    fallback_mapping: str | None = None
    product: str | None = None
    version: str | None = None
    channel: str | None = None
    build_target: str | None = None
    build_id: str | None = None
    locale: str | None = None
    os_version: str | None = None
    memory: str | None = None
    instruction_set: str | None = None
    jaws: bool | None = None
    mig64: bool | None = None
    distribution: str | None = None
    dist_version: str | None = None
    header_architecture: str | None = None
    comment: str | None = None
    data_version: int = 1

    @property
    def rank(self) -> tuple[int, int]:
        """Rules are tried in this order: of equal priority, the older one first."""
        return (-self.priority, self.rule_id)

    def is_of(self, product: str, channel: str) -> bool:
        """Whether the rule applies to a product and channel, whatever its other conditions."""
        return self.product in {None, product} and (
            self.channel is None or matching.matches_channel(self.channel, channel)
        )

    def matches(self, request: Request) -> bool:
        """Whether the rule matches this client. Raises `NoAnswer`.

        The columns are evaluated in Balrog's order (auslib/db.py, `getRulesMatchingQuery`): an
        invalid version is noticed only by rules whose earlier columns match.
        """
        return (
            self._fits_exactly(request)
            and self.is_of(request.product, request.channel)
            and self._fits(request)
        )

    def _fits_exactly(self, request: Request) -> bool:
        return (
            self.build_target in {None, request.build_target}
            and self.header_architecture in {None, request.header_architecture}
            and self.dist_version in {None, request.dist_version}
        )

    def _fits(self, request: Request) -> bool:
        return (
            (self.version is None or matches_version(self.version, request.version))
            and (
                self.build_id is None or matching.matches_build_id(self.build_id, request.build_id)
            )
            and (self.memory is None or matching.matches_memory(self.memory, request.memory))
            and self._fits_system(request)
        )

    def _fits_system(self, request: Request) -> bool:
        items = (
            (self.instruction_set, request.instruction_set),
            (self.distribution, request.distribution),
            (self.locale, request.locale),
        )
        flags = ((self.mig64, request.mig64), (self.jaws, request.jaws))
        return (
            (self.os_version is None or matching.matches_words(self.os_version, request.os_version))
            and all(wanted is None or matching.matches_item(wanted, said) for wanted, said in items)
            and all(wanted is None or wanted == said for wanted, said in flags)
        )


#: Column of the table -> attribute of a rule, in the order of the class.
COLUMNS: Mapping[str, str] = {
    {attribute: column for column, attribute in _RENAMED.items()}.get(one.name, one.name): one.name
    for one in attrs.fields(Rule)
}


def rule_from_json(row: Mapping[str, Any]) -> Rule:
    """The rule for a row with Balrog's column names; unknown columns are ignored."""
    return Rule(**{COLUMNS[name]: value for name, value in row.items() if name in COLUMNS})


def rule_to_json(rule: Rule) -> dict[str, object]:
    """A rule with Balrog's column names."""
    return {column: getattr(rule, attribute) for column, attribute in COLUMNS.items()}
