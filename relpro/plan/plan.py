"""Takes a pipeline, gives its plan: what would be created, from what, and a digest of it all.

A plan contains all inputs besides the tree, so that it can be made again and compared. It does not
depend on who creates the tasks, nor on when.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import attrs
import orjson
import voluptuous as vol

from relpro.errors import Diagnostic, Origin, Refused, RelproError, raise_all
from relpro.goal import Goal
from relpro.graph.files import encode
from relpro.graph.places import effects_of
from relpro.model.decision import Decision, Verdict
from relpro.model.parameters import Parameters
from relpro.model.phase import Phase
from relpro.model.task import Task
from relpro.morph.index_pool import index_task
from relpro.morph.morph import OFFLINE_ROOT_URL, morph
from relpro.parameters.known import KNOWN
from relpro.parameters.read import check_parameters, unfit_value
from relpro.pipeline import OFFLINE_CREATOR, Pipeline
from relpro.plan.shape import FORMAT, shape_of_plan
from relpro.plan.tree import tree_digests
from relpro.project import Project
from relpro.verify.rules import RULES


@attrs.frozen
class Plan:
    """What a generation would create.

    `goal` and `parameters` are those of the pipeline, with the answers of the index among the
    existing tasks; `tree` maps files of kinds and transforms to digests. `create` maps labels to
    `kind`, the `digest` of the body, and, for tasks with effects, `effects`, `scopes` and `locale`;
    `reuse` maps labels to task ids, `drop` labels to reasons, `policy` rules to results.
    """

    relpro: str
    goal: Mapping[str, Any]
    parameters: Mapping[str, Any] = attrs.field(repr=False)
    tree: Mapping[str, str] = attrs.field(repr=False)
    create: Mapping[str, Mapping[str, Any]] = attrs.field(repr=False)
    reuse: Mapping[str, str] = attrs.field(repr=False)
    drop: Mapping[str, str] = attrs.field(repr=False)
    policy: Mapping[str, str]

    def facts(self) -> dict[str, object]:
        """Everything that the digest covers."""
        return {
            "format": FORMAT,
            "relpro": self.relpro,
            "goal": self.goal,
            "inputs": {
                "parameters": self.parameters,
                "parameters-digest": digest_of(self.parameters),
                "tree": self.tree,
                "tree-digest": digest_of(self.tree),
            },
            "create": self.create,
            "reuse": self.reuse,
            "drop": self.drop,
            "policy": self.policy,
        }

    @property
    def digest(self) -> str:
        """SHA-256 of everything in the plan, in hexadecimal digits."""
        return digest_of(self.facts())

    def encode(self) -> bytes:
        """The plan as canonical JSON: sorted keys, two spaces, a newline at the end."""
        content = {**self.facts(), "digest": self.digest}
        options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        return orjson.dumps(content, default=dict, option=options)


def digest_of(value: object) -> str:
    """SHA-256 of a value's canonical JSON, in hexadecimal digits."""
    return hashlib.sha256(encode(value)).hexdigest()


def make_plan(pipeline: Pipeline) -> Plan:
    """The plan of a pipeline. Raises `RelproError` for everything that its stages refuse."""
    checked = pipeline.morphed
    morphed = (
        checked
        if (pipeline.creator, pipeline.root_url) == (OFFLINE_CREATOR, OFFLINE_ROOT_URL)
        else morph(
            pipeline.created,
            creator=OFFLINE_CREATOR,
            index_task=index_task(pipeline.config, pipeline.release),
        )
    )
    reuse = dict(sorted(pipeline.optimized.replaced.items()))
    return Plan(
        relpro=version("relpro"),
        goal=_goal_to_json(pipeline.goal),
        parameters=_pinned(pipeline, reuse),
        tree=tree_digests(pipeline.project),
        create={
            task.label: _created(task, morphed.body(task.label))
            for task in sorted(morphed.unresolved, key=lambda task: task.label)
        },
        reuse=reuse,
        drop=dict(sorted(_dropped(pipeline))),
        policy={rule.__name__: "passed" for rule in RULES},
    )


def _created(task: Task, body: Mapping[str, object]) -> dict[str, Any]:
    made = {"kind": task.kind, "digest": digest_of(body)}
    effects = effects_of(task)
    if not effects:
        return made
    locale = task.attributes.get("locale") or ""
    return {**made, "effects": effects.to_json(), "scopes": body["scopes"], "locale": locale}


def remake(
    plan: Plan, project: Project, parameters: Mapping[str, object] | None = None
) -> Pipeline:
    """The pipeline from which `plan` was made, with the project as it is now.

    `parameters`, if given, replace those in the plan. Raises `RelproError` (P501, P502, P503) for
    invalid parameters.
    """
    values = plan.parameters if parameters is None else parameters
    place = Origin("the plan")
    check_parameters(values, project.config, lambda *_: place)
    return Pipeline(project, Parameters(values), _goal_from_json(plan.goal))


def is_plan(path: Path) -> bool:
    """Whether a file claims to be a plan, in any format."""
    try:
        content = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return False
    return isinstance(content, dict) and "format" in content and "create" in content


def read_plan(path: Path) -> Plan:
    """The plan in a file.

    Raises `RelproError`: Q711 if it is no plan, P501 and P503 for invalid parameters, Q708 if it
    was edited.
    """
    try:
        text = path.read_bytes()
        content = orjson.loads(text)
        if content["format"] != FORMAT:
            raise _unreadable(path, f"it has format {content['format']}, not {FORMAT}")
        content = shape_of_plan()(content)
        encode(content)  # content that is nested deeper than JSON allows here has no digest
        json.loads(text, object_pairs_hook=_each_once)
    except OSError as error:
        raise _unreadable(path, (error.strerror or str(error)).lower()) from None
    except (orjson.JSONDecodeError, vol.Invalid, KeyError, TypeError, ValueError) as error:
        raise _unreadable(path, f"it is not a plan: {error}") from None
    raise_all(_unfit_parameters(content["inputs"]["parameters"], Origin(str(path))))
    plan = Plan(
        relpro=content["relpro"],
        goal=content["goal"],
        parameters=content["inputs"]["parameters"],
        tree=content["inputs"]["tree"],
        create=content["create"],
        reuse=content["reuse"],
        drop=content["drop"],
        policy=content["policy"],
    )
    # With the digests of its parts, so that nobody reads an edited plan.
    if {**plan.facts(), "digest": plan.digest} != content:
        what = f"plan `{path}` was edited: its digest is not that of its content"
        raise Refused(Diagnostic("Q708", what, remedy="make the plan again"))
    return plan


def _each_once(pairs: Sequence[tuple[str, object]]) -> None:
    """Raise `ValueError` for a duplicate key: people and programs would read different values."""
    if len(dict(pairs)) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"it has `{twice}` twice")


def _unfit_parameters(values: Mapping[str, object], place: Origin) -> Iterator[Diagnostic]:
    for name in KNOWN:
        if name in values:
            yield from unfit_value(name, values[name], lambda *_: place)
        else:
            what = f"the plan lacks parameter `{name}`"
            yield Diagnostic("P503", what, (place,), remedy="make the plan again")


def _unreadable(path: Path, why: str) -> RelproError:
    return RelproError(Diagnostic("Q711", f"plan `{path}` cannot be read", why=why))


def _pinned(pipeline: Pipeline, reuse: Mapping[str, str]) -> Mapping[str, Any]:
    """The parameters with the answers of the index, which may answer differently later."""
    indexed = {label: task_id for label, task_id in reuse.items() if label not in pipeline.existing}
    if not indexed:
        return pipeline.given.values
    existing = {**pipeline.given.existing_tasks, **indexed}
    return {**pipeline.given.values, "existing_tasks": dict(sorted(existing.items()))}


def _dropped(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    phase = pipeline.flavor.phase if pipeline.flavor else None
    for decision in pipeline.decisions:
        if decision.verdict in {Verdict.SKIPPED, Verdict.REMOVED} or (
            decision.verdict is Verdict.UNWANTED and _is_of(pipeline, decision, phase)
        ):
            yield decision.label, ": ".join(filter(None, (decision.rule, decision.cause)))


def _is_of(pipeline: Pipeline, decision: Decision, phase: Phase | None) -> bool:
    """Whether a task belongs to the phase and product of the release but was not selected."""
    if phase is None or decision.label not in pipeline.full:
        return False
    task = pipeline.full[decision.label]
    return task.phase is phase and task.product == pipeline.product


def _goal_to_json(goal: Goal) -> dict[str, object]:
    return attrs.asdict(goal, value_serializer=lambda _goal, _field, value: _plain(value))


def _plain(value: object) -> object:
    match value:
        case Phase():
            return value.value
        case tuple():
            return list(value)
        case _:
            return value


def _goal_from_json(goal: Mapping[str, Any]) -> Goal:
    return Goal(
        phase=Phase(goal["phase"]) if goal["phase"] else None,
        product=goal["product"],
        flavor=goal["flavor"],
        fresh=goal["fresh"],
        kinds=tuple(goal["kinds"]),
        labels=tuple(goal["labels"]),
        rebuild_kinds=tuple(goal["rebuild_kinds"]),
        recorded_only=goal["recorded_only"],
        again=goal["again"],
    )
