"""Takes `kinds/config.yml`, gives the graph configuration."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from relpro.errors import Origin, raise_all
from relpro.load.config_schema import SCHEMA
from relpro.load.flavors import flavors_of
from relpro.load.ordinary import demand_ordinary
from relpro.load.plain import templates_in_vain
from relpro.load.policy import policy_of
from relpro.load.programs import programs_of
from relpro.load.references import unknown_names
from relpro.load.release_types import aliases_of, projects_of, table_faults, table_of, unknown_type
from relpro.load.run_task import run_task_of
from relpro.model.branch import ProjectSource
from relpro.model.config import (
    HELD,
    LEVELS,
    LONGEST_DEADLINE,
    VERSION_TAGS,
    ActionSettings,
    Gate,
    GraphConfig,
    InputParameter,
    TargetMethod,
    WorkerAlias,
)
from relpro.model.phase import Phase
from relpro.model.release_types import ReleaseTypes
from relpro.model.repository import CheckedOut
from relpro.values import check
from relpro.values.placeholders import plain
from relpro.yaml.document import Document, Reader

_NAME = "kinds/config.yml"

#: The default of `repositories`.
_SOLE_REPOSITORY = {"vcs": {"name": "repository"}}


def load_config(
    root: Path, read: Reader | None = None, before: GraphConfig | None = None
) -> GraphConfig:
    """Read and check the configuration of the project at `root`.

    Returns `before` itself if the file has not changed since. Raises `RelproError` with everything
    that is wrong with the file.
    """
    demand_ordinary(root, root / _NAME, _NAME)
    document = (read or Reader())(root / _NAME, _NAME)
    if before is not None and before.locations is document.locations:
        return before
    raise_all(check(SCHEMA, document.data, document.locations.origin, ""))
    raise_all(templates_in_vain(document))
    table = table_of(document)
    raise_all(table_faults(document, table))
    said = document.data.get("programs", {})
    config = attrs.evolve(
        _build(document, table),
        programs=programs_of(said, root, read or Reader(), document.locations.origin),
        release_types=table,
        promotion_inputs=tuple(document.data.get("release-promotion", {}).get("inputs", ())),
    )
    raise_all(unknown_names(config))
    for flavor in config.flavors.values():
        raise_all(unknown_type(str(flavor.parameters.get("release_type", "")), config))
    return config


def _build(document: Document, table: ReleaseTypes) -> GraphConfig:
    data, projects = document.data, projects_of(document)
    index, parameters = data.get("index", {}), data.get("parameters", {})
    return GraphConfig(
        trust_domain=data["trust-domain"],
        products=tuple(data["products"]),
        transforms_package=data.get("transforms-package", "transforms"),
        project_aliases=aliases_of(document),
        release_branches=(*table.projects, *data.get("release-branches", ())),
        release_type=table.release_type(data.get("release-type", "")),
        level=data.get("level", _levels(projects)),
        source_env_prefix=data.get("source-env-prefix", default_prefix(data["trust-domain"])),
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
        flavors=flavors_of(document),
        **_promotion(data.get("release-promotion", {}), table),
        pass_through=tuple(parameters.get("pass-through", ())),
        inputs=_inputs(document),
        variables={**table.variables, **data.get("variables", {})},
        attributes=data.get("attributes", {}),
        gates=_gates(document),
        projects=projects,
        hooks_owner=data.get("hooks-owner", "nobody@example.com"),
        actions=_actions(document),
        look_ups=table.inlined(data.get("look-ups", {})),
        strategies=data.get("optimization-strategies", {}),
        policy=policy_of(data.get("policy", {}), document.locations.origin("policy")),
        index_task=plain(data.get("index-task")),
        version_parser=data.get("version-parser"),
        version_tags=data.get("version-tags", VERSION_TAGS),
        origin=Origin(document.locations.file, 1),
        locations=document.locations,
        repositories=_repositories(document),
        cached_task_prefix=data.get("cached-task-prefix", ""),
        run_task=run_task_of(data.get("run-task", {})),
        verifications={k: tuple(v) for k, v in data.get("verifications", {}).items()},
        longest_deadline=data.get("longest-deadline", LONGEST_DEADLINE),
        morphs=tuple(data.get("morphs", ())),
        computed=parameters.get("computed"),
    )


def _promotion(data: Mapping[str, Any], table: ReleaseTypes) -> dict[str, Any]:
    """The settings of promotions that do not depend on a flavor."""
    return {
        "rebuild_kinds": tuple(data.get("rebuild-kinds", ())),
        "may_fail": tuple(data.get("may-fail", ())),
        "version_types": table.inlined(data.get("version-types")),
        "updates_from": table.inlined(data.get("updates-from")),
        "released_locales": data.get("released-locales"),
    }


def default_prefix(trust_domain: str) -> str:
    """The default prefix of the variables that hold an event."""
    return trust_domain.upper().replace("-", "_")


def _aliases(document: Document) -> Mapping[str, WorkerAlias]:
    return {
        name: WorkerAlias(
            alias["provisioner"],
            alias["worker-type"],
            alias["implementation"],
            alias["os"],
            document.locations.origin("workers", "aliases", name),
            alias.get("worker", {}),
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
            method.get("release-history", False),
        )
        for name, method in document.data["target-methods"].items()
    }


def _actions(document: Document) -> Mapping[str, ActionSettings]:
    return {
        name: ActionSettings(
            name,
            tuple(settings["projects"]) if "projects" in settings else None,
            settings.get("permission"),
            plain(settings.get("description")),
            document.locations.origin("actions", name),
            settings.get("from"),
        )
        for name, settings in document.data.get("actions", {}).items()
    }


def _levels(projects: Mapping[str, ProjectSource]) -> object:
    """The level of each project, as a keyed value: the default of parameter `level`."""
    if not projects:
        return LEVELS[0]
    levels = {name: project.level for name, project in projects.items()}
    return {"by-project": {**levels, "default": LEVELS[0]}}


def _repositories(document: Document) -> tuple[CheckedOut, ...]:
    return tuple(
        CheckedOut(
            prefix,
            one["name"],
            one.get("default-repository", ""),
            one.get("default-ref", ""),
            one.get("path-prefix", ""),
            one.get("ssh-secret-name", ""),
        )
        for prefix, one in document.data.get("repositories", _SOLE_REPOSITORY).items()
    )


def _inputs(document: Document) -> Mapping[str, InputParameter]:
    inputs = document.data.get("parameters", {}).get("inputs", {})
    return {
        name: InputParameter(
            name,
            value.get("file"),
            plain(value.get("default")),
            document.locations.origin("parameters", "inputs", name),
            value.get("holds", HELD[-1]),
            value.get("meaning", ""),
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
