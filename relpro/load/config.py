"""Takes `kinds/config.yml`, gives the graph configuration."""

from collections.abc import Mapping
from pathlib import Path

import voluptuous
from voluptuous import Any as OneOf
from voluptuous import Optional, Required

from relpro.errors import Origin, raise_all
from relpro.load.policy import SCHEMA as POLICY
from relpro.load.policy import policy_of
from relpro.load.references import unknown_names
from relpro.model.config import (
    LEVELS,
    PRIORITIES,
    SYSTEMS,
    ActionSettings,
    Flavor,
    Gate,
    GraphConfig,
    InputParameter,
    TargetMethod,
    WorkerAlias,
)
from relpro.model.phase import PHASES, Phase
from relpro.values import (
    check,
    duration,
    flag,
    list_of,
    one_of,
    templated,
    text,
    whole_number,
)
from relpro.values.names import (
    a_name,
    function,
    name_or_function,
    named,
    package,
    some_text,
    trust_domain,
)
from relpro.yaml.document import Document, read

_names = list_of(a_name)
_keyed_name = templated(a_name)

_ALIAS = {
    Required("provisioner"): _keyed_name,
    Required("worker-type"): _keyed_name,
    Required("implementation"): a_name,
    Required("os"): OneOf(*SYSTEMS),
}
_METHOD = {
    Optional("description"): text,
    Optional("phases"): [OneOf(None, *PHASES)],
    Optional("match-product"): flag,
    Optional("match-any"): {named: a_name},
    Optional("filters"): list_of(name_or_function),
}
_FLAVOR = {
    Optional("description"): text,
    Required("phase"): OneOf(*PHASES),
    Required("product"): a_name,
    Required("target-tasks-method"): a_name,
    Optional("version-bump"): flag,
    Optional("partial-updates"): flag,
    Optional("is-rc"): flag,
    Optional("rebuild-kinds"): _names,
    Optional("do-not-optimize"): _names,
    Optional("parameters"): {str: object},
}
_GATE = {
    Required("phase"): OneOf(*PHASES),
    Required("product"): a_name,
    Required("roles"): list_of(a_name, distinct=True),
    Required("before"): _names,
}
_ACTION = {
    Optional("projects"): _names,
    Optional("permission"): a_name,
    Optional("description"): text,
}

#: What `kinds/config.yml` holds.
SCHEMA = voluptuous.Schema(
    {
        Required("trust-domain"): trust_domain,
        Required("products"): list_of(a_name, distinct=True, some=True),
        Optional("transforms-package"): package,
        Optional("project-aliases"): {named: _names},
        Optional("release-branches"): _names,
        Optional("release-type"): templated(text),
        Optional("level"): templated(one_of(LEVELS)),
        Optional("scope-prefix"): a_name,
        Required("workers"): {"aliases": {named: _ALIAS}},
        Optional("index"): {
            Optional("products"): _names,
            Optional("types"): {named: list_of(some_text)},
        },
        Optional("treeherder"): {"group-names": {named: some_text}},
        Optional("task-priority"): templated(one_of(PRIORITIES)),
        Optional("task-deadline-after"): templated(duration),
        Optional("task-expires-after"): templated(duration),
        Required("target-tasks-method"): _keyed_name,
        Required("target-methods"): {named: _METHOD},
        Optional("release-promotion"): {
            Optional("rebuild-kinds"): _names,
            Optional("flavors"): {named: _FLAVOR},
            Optional("sign-off-gates"): [_GATE],
        },
        Optional("parameters"): {
            Optional("pass-through"): _names,
            Optional("inputs"): {named: {Optional("file"): some_text, Optional("default"): object}},
        },
        Optional("variables"): {named: object},
        Optional("attributes"): {named: text},
        Optional("actions"): {named: _ACTION},
        Optional("look-ups"): {str: object},
        Optional("optimization-strategies"): {str: object},
        Optional("policy"): POLICY,
        Optional("version-parser"): function,
        Optional("index-task"): {
            Required("worker-type"): a_name,
            Required("image"): some_text,
            Optional("command"): [text],
            Optional("max-run-time"): whole_number,
        },
    }
)


def load_config(root: Path, name: str = "kinds/config.yml") -> GraphConfig:
    """Read and check the configuration of the project at `root`.

    Raises `RelproError` with everything that is wrong with the file.
    """
    document = read(root / name, name)
    raise_all(check(SCHEMA, document.data, document.locations.origin, ""))
    config = _build(document)
    raise_all(unknown_names(config))
    return config


def _build(document: Document) -> GraphConfig:
    data = document.data
    promotion = data.get("release-promotion", {})
    index = data.get("index", {})
    parameters = data.get("parameters", {})
    return GraphConfig(
        trust_domain=data["trust-domain"],
        products=tuple(data["products"]),
        transforms_package=data.get("transforms-package", "transforms"),
        project_aliases={k: tuple(v) for k, v in data.get("project-aliases", {}).items()},
        release_branches=tuple(data.get("release-branches", ())),
        release_type=data.get("release-type", ""),
        level=data.get("level", "1"),
        scope_prefix=data.get("scope-prefix", f"project:{data['trust-domain']}:releng"),
        workers=_aliases(document),
        index_products=tuple(index.get("products", ())),
        index_types={k: tuple(v) for k, v in index.get("types", {}).items()},
        treeherder_groups=data.get("treeherder", {}).get("group-names", {}),
        task_priority=data.get("task-priority", "low"),
        task_deadline_after=data.get("task-deadline-after", "1 day"),
        task_expires_after=data.get("task-expires-after", "28 days"),
        target_tasks_method=data["target-tasks-method"],
        target_methods=_methods(document),
        flavors=_flavors(document),
        rebuild_kinds=tuple(promotion.get("rebuild-kinds", ())),
        pass_through=tuple(parameters.get("pass-through", ())),
        inputs=_inputs(document),
        variables=data.get("variables", {}),
        attributes=data.get("attributes", {}),
        gates=_gates(document),
        actions=_actions(document),
        look_ups=data.get("look-ups", {}),
        strategies=data.get("optimization-strategies", {}),
        policy=policy_of(data.get("policy", {}), document.locations.origin("policy")),
        index_task=data.get("index-task"),
        version_parser=data.get("version-parser"),
        origin=Origin(document.locations.file, 1),
        locations=document.locations,
    )


def _aliases(document: Document) -> Mapping[str, WorkerAlias]:
    return {
        name: WorkerAlias(
            alias["provisioner"],
            alias["worker-type"],
            alias["implementation"],
            alias["os"],
            document.locations.origin("workers", "aliases", name),
        )
        for name, alias in document.data["workers"]["aliases"].items()
    }


def _methods(document: Document) -> Mapping[str, TargetMethod]:
    return {
        name: TargetMethod(
            name,
            tuple(Phase(phase) if phase else None for phase in method.get("phases", ())),
            method.get("match-product", False),
            {name.replace("-", "_"): to for name, to in method.get("match-any", {}).items()},
            tuple(method.get("filters", ())),
            document.locations.origin("target-methods", name),
        )
        for name, method in document.data["target-methods"].items()
    }


def _flavors(document: Document) -> Mapping[str, Flavor]:
    flavors = document.data.get("release-promotion", {}).get("flavors", {})
    return {
        name: Flavor(
            name,
            Phase(flavor["phase"]),
            flavor["product"],
            flavor["target-tasks-method"],
            flavor.get("version-bump", False),
            flavor.get("partial-updates", False),
            flavor.get("is-rc", False),
            tuple(flavor.get("rebuild-kinds", ())),
            tuple(flavor.get("do-not-optimize", ())),
            flavor.get("parameters", {}),
            document.locations.origin("release-promotion", "flavors", name),
        )
        for name, flavor in flavors.items()
    }


def _actions(document: Document) -> Mapping[str, ActionSettings]:
    return {
        name: ActionSettings(
            name,
            tuple(settings["projects"]) if "projects" in settings else None,
            settings.get("permission"),
            settings.get("description"),
            document.locations.origin("actions", name),
        )
        for name, settings in document.data.get("actions", {}).items()
    }


def _inputs(document: Document) -> Mapping[str, InputParameter]:
    inputs = document.data.get("parameters", {}).get("inputs", {})
    return {
        name: InputParameter(
            name,
            value.get("file"),
            value.get("default"),
            document.locations.origin("parameters", "inputs", name),
        )
        for name, value in inputs.items()
    }


def _gates(document: Document) -> tuple[Gate, ...]:
    gates = document.data.get("release-promotion", {}).get("sign-off-gates", [])
    return tuple(
        Gate(
            Phase(gate["phase"]),
            gate["product"],
            tuple(gate["roles"]),
            tuple(gate["before"]),
            document.locations.origin("release-promotion", "sign-off-gates", place),
        )
        for place, gate in enumerate(gates)
    )
