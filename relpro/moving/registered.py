"""Takes registrations in taskgraph's Python, gives the corresponding configuration of relpro."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from relpro.actions.every import ACTIONS
from relpro.moving.configuring import Configuring
from relpro.moving.merged import as_mapping, merged_tasks
from relpro.moving.substitutions import is_placeable, part_of_parameter
from relpro.moving.texts import texts_of
from relpro.parameters.known import KNOWN
from relpro.values.names import is_label

Data = dict[str, Any]

#: Kinds that taskgraph's method `default` leaves out.
_DEFAULT_METHOD: Final = {
    "filters": [
        "no-cron",
        "shipping-phase",
        "run-on-projects",
        "run-on-tasks-for",
        "run-on-git-branches",
    ]
}

#: Sorts of registrations that have no place in the configuration, or are written where used.
_ONLY_NOTED: Final[Mapping[str, str]] = {
    "set-name": "say `set-name: false` and a `name`",
    "context": "write an attribute, or a variable of config.yml",
    "filter": "write a filter of a target method",
}


def own_parameters(c: Configuring) -> Data:
    """The project's own parameters, and the function that computes those of a decision."""
    inputs = _parts(c)
    for module in c.repository.modules:
        for name, line in module.parameters.items():
            where, spelt = module.origin(line), name.replace("-", "_")
            if spelt in KNOWN:
                why = "it is a parameter of relpro's own"
                c.book.left_out(where, f"parameter `{name}`", why)
                continue
            inputs[spelt] = {"default": None, "holds": "anything"}
            why = "say its default, and what it holds, under `parameters: inputs`"
            c.book.hand(where, f"parameter `{name}`", why)
    made: Data = {"inputs": inputs} if inputs else {}
    if function := c.said["taskgraph"].get("decision-parameters"):
        made["computed"] = _computed(c, str(function))
    return {"parameters": made} if made else {}


def _parts(c: Configuring) -> Data:
    """Parameters that stand for others, or a part of one, which no placeholder can name."""
    found: Data = {}
    for kind in c.repository.kinds:
        for task in merged_tasks(kind):
            said = as_mapping(task.data.get("task-context"))
            for one in texts_of(as_mapping(said.get("from-parameters"))):
                if not is_placeable(one):
                    found[part_of_parameter(one)] = {"default": None, "holds": "anything"}
    return dict(sorted(found.items()))


def _computed(c: Configuring, function: str) -> str:
    name, _, item = function.partition(":")
    found = c.repository.module(name)
    origin = found.origin(found.functions.get(item, 1)) if found else None
    module = c.add("parameters", "of_decision", str(origin or function))
    origin = origin or c.source.origin("taskgraph", "decision-parameters")
    c.book.hand(origin, f"decision parameters `{function}`", f"write `{module}`")
    return f"{module}.computed"


def target_methods(c: Configuring) -> Data:
    """The target methods; the project's own use a filter that must be written."""
    methods: Data = {"default": _DEFAULT_METHOD}
    for _module, added in c.repository.every_added("target method"):
        name = added.names[0]
        if not is_label(name):
            c.book.hand(added.where, f"target method `{name}`", "relpro takes no such name")
            continue
        methods[name] = {"filters": [f"{c.added('target', added)}.left_out"]}
    return {"target-tasks-method": "default", "target-methods": methods}


def run_handlers(c: Configuring) -> Data:
    """Short name -> module, for handlers of `run`."""
    found: Data = {}
    for _module, added in c.repository.every_added("run handler"):
        name = added.names[-1]
        if is_label(name):
            found[name] = c.added("run", added, _run_keys(c, name))
        else:
            c.book.hand(added.where, f"run handler `{name}`", "relpro takes no such name")
    return {"using": found} if found else {}


def _run_keys(c: Configuring, using: str) -> Iterator[str]:
    for entry in c.entries():
        said = as_mapping(entry.get("run"))
        if said.get("using") == using:
            yield from (key for key in said if key != "using")


def strategies(c: Configuring) -> Data:
    """Strategies of the project's own."""
    found: Data = {}
    for _module, added in c.repository.every_added("strategy"):
        found[added.names[0]] = f"{c.added('strategy', added)}.verdict"
    return {"optimization-strategies": found} if found else {}


#: Stage of taskgraph -> the stage of relpro for its verifications.
_STAGES: Final[Mapping[str, str]] = {
    "full_task_set": "full",
    "full_task_graph": "full",
    "target_task_set": "target-graph",
    "target_task_graph": "target-graph",
    "optimized_task_graph": "optimized",
    "morphed_task_graph": "morphed",
}


def verifications(c: Configuring) -> Data:
    """Verifications of the project's own, by stage."""
    found: dict[str, list[str]] = {}
    for _module, added in c.repository.every_added("verification"):
        stage = _STAGES.get(added.names[0])
        if stage is None:
            why = f"relpro verifies no `{added.names[0]}`: let one of another stage look at it"
            c.book.hand(added.where, f"verification `{added.function}`", why)
            continue
        module = c.added("verification", added, name=added.function)
        found.setdefault(stage, []).append(f"{module}.objections")
    return {"verifications": {s: found[s] for s in _STAGES.values() if s in found}} if found else {}


def morphs(c: Configuring) -> Data:
    """Morphs of the project's own."""
    every = (added for _module, added in c.repository.every_added("morph"))
    found = [f"{c.added('morph', added, name=added.function or None)}.changed" for added in every]
    return {"morphs": found} if found else {}


def actions(c: Configuring) -> Data:
    """Actions of the project's own."""
    found: Data = {}
    for _module, added in c.repository.every_added("action"):
        name = added.names[0]
        if name in {action.cb_name for action in ACTIONS} or not is_label(name):
            why = "relpro has one of this name: see whether it does what this one does"
            c.book.hand(added.where, f"action `{name}`", why)
        else:
            found[name] = {"from": f"{c.added('action', added)}.ACTION"}
    return {"actions": found} if found else {}


def named_by_kinds(c: Configuring) -> None:
    """Add extensions that kinds name: ways of grouping, and types of fetches."""
    for sort, role, section in (
        ("group-by", "group", "from-deps"),
        ("type of fetch", "fetch", "fetch"),
    ):
        for _module, added in c.repository.every_added(sort):
            module = c.naming.extension(role, added.names[0])
            said = (as_mapping(entry.get(section)) for entry in c.entries())
            keys = (key for one in said if one.get("type") == module for key in one)
            c.added(role, added, (key for key in keys if key != "type"))


def index_types(c: Configuring, generic: list[str]) -> Data:
    """Index types of the project's own, with generic routes until theirs are written."""
    found: Data = {}
    for _module, added in c.repository.every_added("index type"):
        name = added.names[0]
        why = f"write its routes under `index: types: {name}` of config.yml"
        c.book.hand(added.where, f"index type `{name}`", why)
        found[name] = generic
    return found


def tell_the_rest(c: Configuring) -> None:
    """Report other registrations, and files that are no Python."""
    for sort, why in _ONLY_NOTED.items():
        for _module, added in c.repository.every_added(sort):
            c.book.hand(added.where, f"{sort} `{added.names[0]}`", why)
    for module in c.repository.modules:
        if module.fault:
            c.book.hand(module.origin(), "this is not Python of today", module.fault)
