"""Takes the versions and builds in the input of a promotion, finds impossible ones.

The project's `version-parser` decides what a version is, its form and its order; a fact that the
parser omits is not compared.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import attrs

from relpro.actions.action_input import Input
from relpro.actions.promotion.demands import FLAVOR, UPDATES
from relpro.actions.promotion.partners import SOURCE_LOCALE
from relpro.errors import Diagnostic
from relpro.model.config import GraphConfig
from relpro.model.counted import listed
from relpro.transform.completion import setting
from relpro.transform.history import History, origins
from relpro.transform.versions import Facts, Parser, parser_of

#: The most names in a message.
_NAMED = 5


@attrs.frozen
class Numbers:
    """The values with which the input is compared.

    `version` is the released one, and `parse` reads versions. `types` are the allowed forms of its
    version, `sources` those from which its users update; None: any. `locales` are the released
    ones; None if the project does not list them.
    """

    version: str
    parse: Parser
    types: Collection[str] | None
    sources: Collection[str] | None
    locales: Collection[str] | None

    @classmethod
    def of(
        cls,
        version: str,
        config: GraphConfig,
        scope: Mapping[str, object],
        locales: Collection[str] | None,
    ) -> "Numbers":
        """The configuration's values for a release; `scope` has the variables of its keyed values.

        Raises `RelproError`: T402 if a keyed value has no alternative, K211 if no parser is found.
        """
        types, sources = (
            setting(config, ("release-promotion", key), value, scope)
            for key, value in (
                ("version-types", config.version_types),
                ("updates-from", config.updates_from),
            )
        )
        released = None if locales is None else (*locales, SOURCE_LOCALE)
        return cls(version, parser_of(config), types, sources, released)

    def problems(self, given: Input) -> Iterator[Diagnostic]:
        """A diagnostic (Q709) for each version, build or locale that this release cannot have."""
        facts, wrong = self._read(given, self.version, "version")
        yield from wrong
        why = "the configuration says so (`release-promotion: version-types`)"
        if self.types is not None and not self.types:
            what = f"{self.version} cannot be promoted: no version of this product is, from here"
            remedy = "ask for a flavor of a product that is released from here"
            yield given.refused(FLAVOR, what=what, why=why, remedy=remedy)
        elif not wrong and (told := _other_type(facts, self.types)):
            what = f"`version` is {self.version}, {told}"
            remedy = "release it from where versions of its type are released"
            yield given.refused("version", what=what, why=why, remedy=remedy)
        if given.text("next_version"):
            yield from self._next(given, facts)
        for version in given[UPDATES]:
            yield from self._source(given, version, facts)
            yield from self._locales(given, version)

    def _read(self, given: Input, version: str, *path: str) -> tuple[Facts, tuple[Diagnostic, ...]]:
        try:
            return self.parse(version), ()
        except ValueError as error:
            what = f"`{path[0]}` names `{version}`, which is not a version of this project"
            why, remedy = str(error).partition("\n")[0], "write it as versions are in the tree"
            return {}, (given.refused(*path, what=what, why=why, remedy=remedy),)

    def _next(self, given: Input, facts: Facts) -> Iterator[Diagnostic]:
        field = "next_version"
        next_version = given.text(field)
        after, wrong = self._read(given, next_version, field)
        yield from wrong
        if wrong:
            return
        choices = facts.get("next_versions")
        follow = " or ".join(choices) if choices else "a later version"
        remedy = f"after {self.version} comes {follow}"
        what = f"`next_version` is {next_version}"
        if _is_before(after, facts) or next_version == self.version:
            told = f"{what}, which is not after {self.version}"
            yield given.refused(field, what=told, remedy=remedy)
        elif choices and next_version not in choices:
            told = f"{what}, which does not follow {self.version}"
            yield given.refused(field, what=told, remedy=remedy)

    def _source(self, given: Input, version: str, facts: Facts) -> Iterator[Diagnostic]:
        place = UPDATES, version
        before, wrong = self._read(given, version, *place)
        yield from wrong
        if wrong:
            return
        remedy = "name an earlier release, which users have"
        what = f"`partial_updates` names {version}"
        if version == self.version:
            told = f"{what}, the version that is released"
            yield given.refused(*place, what=told, remedy=remedy)
        elif _is_before(facts, before):
            told = f"{what}, which is later than {self.version}"
            yield given.refused(*place, what=told, remedy=remedy)
        elif told := _other_type(before, self.sources):
            why = "the configuration says so (`release-promotion: updates-from`)"
            yield given.refused(*place, what=f"{what}, {told}", why=why, remedy=remedy)

    def _locales(self, given: Input, version: str) -> Iterator[Diagnostic]:
        place = UPDATES, version, "locales"
        locales: Sequence[str] = given[UPDATES][version]["locales"]
        whose = f"`{UPDATES}` of {version}"
        if not locales:
            remedy = "list the locales that update from it, or leave the version out"
            yield given.refused(*place, what=f"{whose} has no locales", remedy=remedy)
        strangers = () if self.locales is None else sorted(set(locales) - set(self.locales))
        if strangers:
            what = f"{whose} names {listed(strangers, _NAMED)}, in which nothing is released"
            at = locales.index(strangers[0])
            yield given.refused(*place, at, what=what, remedy="list locales of this release")


def disagreements(history: History, given: Input) -> Iterator[Diagnostic]:
    """A diagnostic (Q709) for each update that was asked for and the history lacks, or the reverse.

    A locale is expected on those platforms that have it in any version.
    """
    made: dict[tuple[str, str], set[tuple[str, str]]] = {
        (platform, locale): set() for platform, locales in history.items() for locale in locales
    }
    builds: dict[str, set[str]] = {}
    for platform, locale, version, build in origins(history):
        made[platform, locale].add((version, build))
        builds.setdefault(version, set()).add(build)
    remedy = "record the history of what is asked for, or ask for what was recorded"
    for version in sorted(builds.keys() - given[UPDATES].keys()):
        what = f"the release history has {version}, which nobody asked for"
        yield given.refused(UPDATES, what=what, remedy=remedy)
    for version, update in given[UPDATES].items():
        place, build = (UPDATES, version), str(update["buildNumber"])
        if version not in builds:
            what = f"the release history lacks {version}"
            yield given.refused(*place, what=what, remedy=remedy)
        elif others := sorted(builds[version] - {build}):
            what = f"the release history has build {', '.join(others)} of {version}, not {build}"
            yield given.refused(*place, "buildNumber", what=what, remedy=remedy)
        elif lacking := _lacking(made, version, update):
            what = f"the release history of {version} lacks {listed(lacking, _NAMED)}"
            yield given.refused(*place, "locales", what=what, remedy=remedy)


def _lacking(
    made: Mapping[tuple[str, str], Collection[tuple[str, str]]],
    version: str,
    update: Mapping[str, Any],
) -> Sequence[str]:
    wanted = (version, str(update["buildNumber"]))
    asked = frozenset(update["locales"])
    known = {locale for _, locale in made}
    lacking = sorted(
        f"{locale} on {platform}"
        for (platform, locale), there in made.items()
        if locale in asked and wanted not in there
    )
    return (*lacking, *sorted(asked - known))


def _is_before(one: Facts, other: Facts) -> bool:
    """Whether a version is earlier than another, if the order of both is known."""
    mine, theirs = one.get("version_order"), other.get("version_order")
    return bool(mine and theirs and tuple(mine) < tuple(theirs))


def _other_type(facts: Facts, types: Collection[str] | None) -> str:
    """The form of a version, and the allowed ones; empty if it is allowed."""
    form = facts.get("version_type")
    if types is None or form is None or form in types:
        return ""
    return f"a version of type {form}, not {' or '.join(types)}"
