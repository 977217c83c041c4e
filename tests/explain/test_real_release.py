"""Explanations of a real release: an answer is right if the verdict changes with its cause.

From the answers about every label of the promotion of Firefox 92.0.1, 200 are drawn. What each of
them names as the cause is taken away, and the pipeline is asked again.
"""

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import Any

import attrs
import pytest

from relpro.before import Memory
from relpro.errors import Origin
from relpro.explain.reasons import Reason, Reasons
from relpro.explain.report import reason_lines
from relpro.model.config import Gate, GraphConfig
from relpro.model.kind import Entry, Kind
from relpro.model.parameters import COMMAND_LINE
from relpro.model.phase import Phase
from relpro.parameters.read import read_value
from relpro.pipeline import Pipeline
from relpro.project import Project
from relpro.target.methods import method_named, select
from relpro.testing.pipelines import MakePipeline
from tests.kinds.partner_configs import CONFIG, EME_FREE

ROOT = Path(__file__).parents[2]
SAMPLED = 200
#: Answers drawn of each rule, however rare: the rest is drawn of all.
OF_EACH_RULE = 8

RELEASED = {"phase": "promote", "product": "firefox"}

#: Fate, stage and rule of an answer.
Way = tuple[str, str, str]

CREATED = ("created", "target", "promote_desktop")
REUSED = ("reused", "optimize", "existing-tasks")
OF_PHASE = ("absent", "target", "phase")
OF_PRODUCT = ("absent", "target", "product")
CONDITION = ("absent", "full", "only-when")
UPSTREAM = ("absent", "full", "relpro.stock.from_deps.from_deps")
PLATFORM = ("absent", "full", "transforms.platforms.released")
PARTNERS = ("absent", "full", "transforms.partners.add_repacks")
GATES = ("absent", "full", "relpro.stock.signoff.make_gates")
NOT_MADE = (CONDITION, UPSTREAM, PLATFORM, PARTNERS, GATES)

#: Parameters that the kinds of partners read besides their conditions.
SWITCHES = {"release_enable_partner_repack": True, "release_enable_partner_attribution": True}

#: A kind whose groups may have builds only, which then have no task of it.
WITHOUT_BUILDS = "beetmover-repackage"

#: Conditions that only make sense where all kinds have them: what today's releases say.
OF_TODAY = {"signs-mac-packages": True, "tools-of": "today"}


@pytest.fixture(scope="module")
def reasons(shared_data: Path) -> Reasons:
    folder = shared_data / "firefox-92.0.1"
    make = MakePipeline(Project(ROOT))
    changesets = read_value(folder / "l10n-changesets.json")
    recorded = folder / "promote" / "parameters.yml"
    return Reasons(make(recorded, phase="promote", l10n_changesets=changesets))


@pytest.fixture(scope="module")
def drawn(reasons: Reasons) -> Mapping[Way, Sequence[Reason]]:
    """The sampled answers, by the way in which they came about."""
    ways: dict[Way, list[Reason]] = {}
    for label in (*reasons.labels,):
        reason = reasons.of(label)
        if reasons.is_of_entry(reason.decision) and reason.decision.rule != GATES[2]:
            continue
        ways.setdefault((reason.fate, reason.decision.stage, reason.decision.rule), []).append(
            reason
        )
    chance = random.Random(92)
    taken = {
        way: chance.sample(every, min(len(every), OF_EACH_RULE)) for way, every in ways.items()
    }
    rest = [one for way, every in ways.items() for one in every if one not in taken[way]]
    for reason in chance.sample(rest, SAMPLED - sum(map(len, taken.values()))):
        taken[reason.fate, reason.decision.stage, reason.decision.rule].append(reason)
    return taken


def test_every_label_is_created_or_its_absence_is_explained(reasons: Reasons) -> None:
    created = reasons.pipeline.morphed.graph
    for label in {*reasons.pipeline.full.labels, *reasons.labels}:
        reason = reasons.of(label)
        assert (reason.fate == "created") == (label in created)
        assert next(reason_lines(reasons, reason))


def test_every_way_in_which_answers_come_about_is_tried(
    drawn: Mapping[Way, Sequence[Reason]],
) -> None:
    assert sum(map(len, drawn.values())) == SAMPLED
    assert set(drawn) == {CREATED, REUSED, OF_PHASE, OF_PRODUCT, *NOT_MADE}


def test_a_created_task_goes_with_what_asks_for_it(
    reasons: Reasons, drawn: Mapping[Way, Sequence[Reason]]
) -> None:
    """What is targeted goes when it is not, and waits for others to go where others need it."""
    pipeline = reasons.pipeline
    kept = drawn[CREATED]
    fewer = _without(pipeline, [one.label for one in kept])
    for reason in kept:
        assert (fewer.of(reason.label).fate == "created") == bool(reason.others)
    for reason in (one for one in kept if one.others):
        now = fewer.of(reason.label)
        assert now.chain[1] in {task.label for task in pipeline.full.needed_by(reason.label)}
    needing = {label for one in kept for label in _dependents(pipeline, one.label)}
    gone = _without(pipeline, needing)
    assert {gone.of(one.label).fate for one in kept} == {"absent"}


def test_a_task_that_is_reused_is_made_if_it_does_not_exist(
    reasons: Reasons, drawn: Mapping[Way, Sequence[Reason]]
) -> None:
    labels = {one.label for one in drawn[REUSED]}
    pipeline = reasons.pipeline
    existing = pipeline.given.existing_tasks.items()
    known = {label: task_id for label, task_id in existing if label not in labels}
    anew = attrs.evolve(
        pipeline,
        given=pipeline.given.replace(COMMAND_LINE, existing_tasks=known),
        # Without this it would be refused: a promotion never makes again what was tested.
        goal=attrs.evolve(pipeline.goal, rebuild_kinds=tuple(pipeline.kinds)),
        memory=Memory(earlier=(pipeline.made,)),
    )
    assert labels <= anew.optimized.graph.positions.keys()


def test_an_untargeted_task_is_targeted_if_it_is_of_the_release(
    reasons: Reasons, drawn: Mapping[Way, Sequence[Reason]]
) -> None:
    """Where the answer names phase or product, the task gets those that are released."""
    pipeline, changed = reasons.pipeline, {}
    for reason in (*drawn[OF_PHASE], *drawn[OF_PRODUCT]):
        named = re.findall(r"it belongs to (?:no )?(phase|product)", reason.decision.cause)
        task = pipeline.full[reason.label]
        attributes = {**task.attributes, **{f"shipping_{name}": RELEASED[name] for name in named}}
        changed[task.label] = attrs.evolve(task, attributes=attributes)
    method = method_named(pipeline.parameters["target_tasks_method"], pipeline.config)
    targeted = select(
        pipeline.full.replace_tasks(changed),
        method,
        parameters=pipeline.parameters,
        config=pipeline.config,
    )
    assert set(changed) <= set(targeted.labels)


def test_a_task_is_made_when_its_conditions_are_lifted(
    reasons: Reasons, drawn: Mapping[Way, Sequence[Reason]]
) -> None:
    named = [re.findall(r"`([a-z0-9-]+)` is", one.decision.cause) for one in drawn[CONDITION]]
    names = frozenset(chain.from_iterable(named))
    today = {name: OF_TODAY[name] for name in names & OF_TODAY.keys()}
    project = _Edited(ROOT, partial(_lifted, names - today.keys()), today)
    # The kinds of partners, once they are made, ask for what partners want.
    now = _again(reasons.pipeline, project, release_partner_config=CONFIG, **SWITCHES)
    assert {reason.label for reason in drawn[CONDITION]} <= now.full.positions.keys()


def test_a_build_is_made_when_a_locale_lists_its_platform(
    reasons: Reasons, drawn: Mapping[Way, Sequence[Reason]]
) -> None:
    named = [re.findall(r"`([^`]+)`", one.decision.cause)[-1] for one in drawn[PLATFORM]]
    changesets = _listing(reasons.pipeline, named)
    now = _again(reasons.pipeline, Project(ROOT), l10n_changesets=changesets)
    # A condition may leave out what the platform does not any more: that is the answer then.
    answers = Reasons(
        attrs.evolve(
            now, goal=attrs.evolve(now.goal, fresh=True), memory=Memory(earlier=(now.made,))
        )
    )
    left_out = {one.label for one in drawn[PLATFORM]} & {*answers.labels} - {*now.full.labels}
    assert {answers.of(label).decision.rule for label in left_out} <= {"only-when"}
    assert any(reason.label in now.full for reason in drawn[PLATFORM])


def test_a_repack_is_made_when_a_partner_wants_its_platform(
    reasons: Reasons, drawn: Mapping[Way, Sequence[Reason]]
) -> None:
    labels = {reason.label for reason in drawn[PARTNERS]}
    platforms = [label.removeprefix(f"{EME_FREE}-") for label in labels]
    wanted = {**CONFIG[EME_FREE]["plain"]["plain"], "platforms": platforms}
    config = {**CONFIG, EME_FREE: {"plain": {"plain": wanted}}}
    # A partner can only want a platform that is released.
    changesets = _listing(reasons.pipeline, ["linux64-aarch64"])
    now = _again(
        reasons.pipeline,
        Project(ROOT),
        release_partner_config=config,
        l10n_changesets=changesets,
    )
    assert labels <= now.full.positions.keys()


def test_gates_are_made_when_the_configuration_has_some(
    reasons: Reasons, drawn: Mapping[Way, Sequence[Reason]]
) -> None:
    (reason,) = drawn[GATES]
    gate = Gate(Phase.SHIP, "firefox", ("relman",), (), Origin("kinds/config.yml"))
    now = _again(reasons.pipeline, _Gated(ROOT, gate))
    assert "signoff-firefox-ship-relman" in now.full
    assert reason.label not in Reasons(now)


def test_a_group_has_a_task_when_it_needs_no_task_of_the_kind_that_it_lacks(
    reasons: Reasons, drawn: Mapping[Way, Sequence[Reason]]
) -> None:
    project = _Edited(ROOT, _of_builds_too)
    # Later kinds would refuse to publish what it holds.
    goal = attrs.evolve(reasons.pipeline.goal, kinds=(WITHOUT_BUILDS,))
    now = Pipeline.of(project, reasons.pipeline.given.values, goal)
    asked = [one for one in drawn[UPSTREAM] if one.label.startswith(WITHOUT_BUILDS)]
    assert asked
    for reason in asked:
        name, _, _ = reason.label.partition("-opt-")
        assert f"{name}/opt" in now.full


def _without(pipeline: Pipeline, labels: Iterable[str]) -> Reasons:
    """The answers where what was asked for is the same but for some labels."""
    unwanted = frozenset(labels)
    wanted = tuple(one for one in pipeline.target.labels if one not in unwanted)
    goal = attrs.evolve(pipeline.goal, labels=wanted)
    return Reasons(attrs.evolve(pipeline, goal=goal, memory=Memory(siblings=(pipeline.whole,))))


def _dependents(pipeline: Pipeline, label: str) -> set[str]:
    """A label and all that need it, however far off."""
    found, pending = {label}, [label]
    while pending:
        for task in pipeline.full.needed_by(pending.pop()):
            if task.label not in found:
                found.add(task.label)
                pending.append(task.label)
    return found


@attrs.frozen(slots=False)
class _Edited(Project):
    """The project, as if its kinds were written otherwise."""

    edit: Callable[[Kind], Kind] = attrs.field()
    variables: Mapping[str, Any] = attrs.field(factory=dict)

    @cached_property
    def config(self) -> GraphConfig:
        # Tasks that nobody meant to be made may upload to one place, and lack others beside them.
        config = super().config
        kinds = {**config.policy.rewriting_kinds, "beetmover-repackage": {"object": ("**",)}}
        policy = attrs.evolve(config.policy, rewriting_kinds=kinds, families=None)
        variables = {**config.variables, **self.variables}
        return attrs.evolve(config, policy=policy, variables=variables)

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        return {name: _reading_nothing(self.edit(kind)) for name, kind in super().kinds.items()}


def _reading_nothing(kind: Kind) -> Kind:
    """The kind whose tasks do not say what they read: nobody writes it for what nobody meant."""
    left = (
        attrs.evolve(
            entry, data={name: said for name, said in entry.data.items() if name != "effects"}
        )
        for entry in kind.entries
    )
    return attrs.evolve(kind, entries=tuple(left))


def _lifted(names: frozenset[str], kind: Kind) -> Kind:
    """The kind without the conditions on some variables."""

    def lifted(entry: Entry) -> Entry:
        conditions = entry.data.get("only-when", {})
        left = {name: wanted for name, wanted in conditions.items() if name not in names}
        return attrs.evolve(entry, data={**entry.data, "only-when": left})

    return attrs.evolve(kind, entries=tuple(map(lifted, kind.entries)))


def _listing(pipeline: Pipeline, platforms: Sequence[str]) -> Mapping[str, Any]:
    """The changesets, with further platforms of every locale."""
    return {
        locale: {**said, "platforms": [*said["platforms"], *platforms]}
        for locale, said in pipeline.given["l10n_changesets"].items()
    }


def _of_builds_too(kind: Kind) -> Kind:
    """The kind with tasks also for groups that have nothing but builds."""
    if kind.name != WITHOUT_BUILDS:
        return kind
    (entry,) = kind.entries
    section = {**entry.data["from-deps"]}
    section["primary"] = [*section["primary"], "build"]
    return attrs.evolve(
        kind, entries=(attrs.evolve(entry, data={**entry.data, "from-deps": section}),)
    )


@attrs.frozen(slots=False)
class _Gated(Project):
    """The project, as if it had a gate."""

    gate: Gate = attrs.field()

    @cached_property
    def config(self) -> GraphConfig:
        return attrs.evolve(super().config, gates=(self.gate,))


def _again(pipeline: Pipeline, project: Project, **changes: Any) -> Pipeline:
    now = Pipeline.of(project, {**pipeline.given.values, **changes}, pipeline.goal)
    return attrs.evolve(now, memory=Memory(earlier=(pipeline.made,)))
