"""Takes a request for a promotion, gives the generation of its flavor.

Earlier graphs supply only parameters and task ids: the graph itself is made from the checkout in
which the action runs, so that fixed kinds can promote binaries that were already tested.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import attrs

from relpro.actions.action import Generate, Request
from relpro.actions.authority import foreign_graphs
from relpro.actions.look_ups import HISTORY, PARTNERS, Answer, Question
from relpro.actions.promotion.ancestors import (
    Asked,
    of_another_product,
    out_of_order,
    undone,
    unrelated,
)
from relpro.actions.promotion.demands import (
    CANDIDATE,
    PARTNER_SWITCHES,
    no_candidates,
    switches,
    unmet_demands,
)
from relpro.actions.promotion.fields import said
from relpro.actions.promotion.misnamed import misnamed
from relpro.actions.promotion.numbers import Numbers, disagreements
from relpro.actions.promotion.partners import fitting_partners, partner_urls, rendered
from relpro.actions.promotion.previous import PARAMETERS, PreviousGraphs
from relpro.actions.promotion.push import named_graphs
from relpro.errors import Diagnostic, Origin, Refused, raise_all
from relpro.goal import Goal
from relpro.model.config import Flavor
from relpro.model.parameters import EVENT, Said, looked_up
from relpro.model.phase import Phase
from relpro.model.task import Json
from relpro.pipeline import Pipeline
from relpro.transform.completion import complete
from relpro.transform.versions import known_facts

Values = dict[str, Any]

_EARLIER = Origin("earlier graphs")


def promote(request: Request) -> Generate:
    """The generation of a promotion. Raises `RelproError` (Q706, Q707, Q709)."""
    promotion = Promotion.of(request)
    given = promotion.parameters()
    parameters = complete(
        request.config,
        checkout={},
        inputs=request.project.inputs,
        given=given.values,
        sources=given.sources,
    )
    goal = Goal(
        flavor=promotion.flavor.name,
        rebuild_kinds=promotion.rebuild_kinds,
        recorded_only=True,
        again=promotion.request.input["again"],
    )
    pipeline = Pipeline(
        request.project,
        parameters,
        goal,
        request.creator,
        request.root_url,
        request.records.find_all,
        request.records.statuses,
    )
    raise_all(misnamed(request.input, pipeline))
    return Generate(pipeline)


@attrs.frozen
class Promotion:
    """A promotion of one flavor over earlier graphs."""

    request: Request
    flavor: Flavor
    previous: PreviousGraphs

    @classmethod
    def of(cls, request: Request) -> "Promotion":
        """Read the earlier graphs of the request. Raises `RelproError`."""
        flavor = request.config.flavors[request.input["release_promotion_flavor"]]
        named = named_graphs(request)
        # What is no graph has no artifacts of one: the queue is asked first.
        if foreign := tuple(foreign_graphs(request, named)):
            raise Refused(*foreign)
        previous = PreviousGraphs.read(named, request.records, request.config)
        promotion = cls(request, flavor, previous)
        raise_all(promotion._unfit_ancestors())
        return promotion

    @property
    def rebuild_kinds(self) -> tuple[str, ...]:
        """The kinds to make again: those of configuration, flavor and input."""
        said = (
            *self.request.config.rebuild_kinds,
            *self.flavor.rebuild_kinds,
            *self.request.input["rebuild_kinds"],
        )
        return tuple(dict.fromkeys(said))

    @property
    def release_level(self) -> str:
        """`production` or `staging`."""
        first = self.previous.first.parameters
        return self.request.config.release_level(first["project"], first["level"])

    def _unfit_ancestors(self) -> Iterator[Diagnostic]:
        """Reasons why the earlier graphs do not belong to this release."""
        request, given = self.request, self.request.input
        yield from unrelated(self.previous, request.head, given.text("revision"))
        yield from of_another_product(self.previous, self.flavor)
        yield from out_of_order(self.previous, self.flavor)
        yield from undone(
            self.previous,
            self.flavor.phase,
            request.records,
            rebuild_kinds=self.rebuild_kinds,
            may_fail=request.config.may_fail,
        )

    def parameters(self) -> Said:
        """The parameters of the first earlier graph, with those of the promotion.

        Raises `RelproError` (Q709) for all that the release lacks and all that makes no sense,
        before anything is looked up.
        """
        given, first = self.request.input, self.previous.first.parameters
        config = self.request.config
        raise_all(no_candidates(given, self.flavor, first["release_type"], config))
        release = self._recorded() | self._release() | self._sign_offs()
        demands = unmet_demands(given, self.flavor, first, config, self._asked_at())
        differences = Asked(given, self.flavor).differences(self.previous)
        numbers = self._numbers(release.values)
        raise_all((*demands, *differences, *numbers.problems(given)))
        return release | self._looked_up(release.values)

    def _recorded(self) -> Said:
        first = self.previous.first
        return Said.at(Origin(f"{first.task_id}/{PARAMETERS}"), first.parameters)

    def _asked_at(self) -> datetime:
        """The time of the request; a task that runs it may be rerun much later."""
        creator = self.request.creator
        status = self.request.records.statuses([creator]).get(creator, {})
        # The runs of a task, in order (queue API, status).
        scheduled = [run["scheduled"] for run in status.get("runs", ()) if "scheduled" in run]
        return min([self.request.now, *map(datetime.fromisoformat, scheduled[:1])])

    def _numbers(self, release: Mapping[str, Any]) -> Numbers:
        self.request.project.import_transforms()
        locales, scope = self._locales(release), self._scope(release)
        numbers = Numbers.of(release["version"], self.request.config, scope, locales)
        # Later phases use the promoted updates: those of a candidate start from betas.
        is_first = self.flavor.phase is Phase.PROMOTE
        return numbers if is_first else attrs.evolve(numbers, sources=None)

    def _release(self) -> Said:
        """What flavor and input say of the release, and the task that runs this."""
        request, flavor = self.request, self.flavor
        before = {"existing_tasks": self.previous.existing_tasks(self.rebuild_kinds)}
        asked = {
            "do_not_optimize": list(flavor.do_not_optimize),
            "target_tasks_method": flavor.target_tasks_method,
            "optimize_target_tasks": True,
            "dontbuild": False,
            "shipping_phase": flavor.phase.value,
            "release_product": flavor.product,
        }
        return (
            Said.at(_EARLIER, before)
            | Said.at(flavor.origin, asked)
            | said(request.input, request.config, request.input.origin)
            | Said.at(flavor.origin, {**flavor.parameters, **self._candidate()})
            | Said.at(EVENT, self._revision())
        )

    def _revision(self) -> Values:
        """The revision of the kinds, and that of the builds where it is another."""
        built = self.previous.first.parameters["head_rev"]
        head_rev = self.request.head.get("head_rev")
        if not head_rev:
            return {}
        return {"head_rev": head_rev, "build_rev": built if built != head_rev else ""}

    def _candidate(self) -> Values:
        """The type of a release candidate, where the flavor makes one."""
        if not self.flavor.is_rc:
            return {}
        release_type = str(self.previous.first.parameters["release_type"])
        return {"release_type": f"{release_type.removesuffix(CANDIDATE)}{CANDIDATE}"}

    def _sign_offs(self) -> Said:
        given, first = self.request.input, self.previous.first.parameters
        required = {*first.get("required_signoffs", ()), *given.get("required_signoffs", ())}
        urls = {**first.get("signoff_urls", {}), **given.get("signoff_urls", {})}
        both = {"required_signoffs": sorted(required), "signoff_urls": urls}
        return Said.at(Origin("earlier graphs and the input"), both)

    def _looked_up(self, release: Mapping[str, object]) -> Said:
        found = {HISTORY: self._history(release), PARTNERS: self._partners(release)}
        return Said(found, {name: self._finder(name) for name in found})

    def _finder(self, name: str) -> Origin:
        """Where a parameter that may be looked up is from."""
        if self.request.input.get(name):
            return self.request.input.origin(name)
        return _EARLIER if self._pinned(name) else looked_up(name)

    def _history(self, release: Mapping[str, object]) -> Answer:
        """The versions from which users update; the result of a promotion is kept."""
        if not self.flavor.partial_updates:
            return {}
        pinned, asked = self._pinned(HISTORY) or {}, self.request.input["partial_updates"]
        if not asked:
            return pinned
        history: Answer = pinned or self._ask(HISTORY, release, {"partial_updates": asked})
        raise_all(disagreements(history, self.request.input))
        return history

    def _pinned(self, name: str) -> Json:
        """The result of an earlier promotion's look-up; a promotion takes only that for partners.

        A flavor that promotes builds for partners alone looks up again: they have changed.
        """
        is_first = self.flavor.phase is Phase.PROMOTE
        if is_first and (name != PARTNERS or PARTNER_SWITCHES.keys() & self.flavor.parameters):
            return None
        return self.previous.pinned(name)

    def _partners(self, release: Mapping[str, object]) -> object:
        given, on = self.request.input.get(PARTNERS), switches(release, self.flavor)
        if not given and not any(on.values()):
            return {}
        if not given and (pinned := self._pinned(PARTNERS)):
            return pinned
        answer = given or self._ask(PARTNERS, release, {"urls": self._partner_urls(release, on)})
        return fitting_partners(answer, self._locales(release))

    def _locales(self, release: Mapping[str, object]) -> Json:
        """The released locales; None if the configuration does not say."""
        name = self.request.config.released_locales or ""
        return release.get(name) or self.request.project.inputs.get(name)

    def _partner_urls(self, release: Mapping[str, object], on: Mapping[str, bool]) -> Values:
        given, config = self.request.input, self.request.config
        urls, missing = partner_urls(given, config, on, self._scope(release))
        raise_all(missing)
        return dict(urls)

    def _scope(self, release: Mapping[str, object]) -> Mapping[str, object]:
        """The variables of keyed values of `look-ups` and of allowed versions."""
        return {
            **known_facts(str(release["version"]), self.request.config),
            "project": release["project"],
            "release_product": self.flavor.product,
            "release_type": release["release_type"],
            "release_level": self.release_level,
        }

    def _ask(self, name: str, release: Mapping[str, Any], details: Values) -> Answer:
        scope = self._scope(release)
        question = Question(
            name,
            self.flavor.product,
            release["project"],
            release["level"],
            release["release_type"],
            details,
            {key: rendered(one, scope) for key, one in self.request.config.look_ups.items()},
        )
        return self.request.look_ups.answer(question)
