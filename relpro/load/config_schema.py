"""The schema of `kinds/config.yml`."""

from collections.abc import Iterable, Mapping
from typing import Any

import voluptuous
from voluptuous import Optional, Required

from relpro.load.flavors import SCHEMA as FLAVOR
from relpro.load.policy import SCHEMA as POLICY
from relpro.load.programs import SCHEMA as PROGRAMS
from relpro.load.release_types import SCHEMA as RELEASE_TYPES
from relpro.load.run_task import SCHEMA as RUN_TASK
from relpro.model.config import HELD, LEVELS, PRIORITIES, SYSTEMS
from relpro.model.phase import PHASES
from relpro.values import OneOf, duration, flag, list_of, one_of, templated, text, whole_number
from relpro.values.names import (
    a_name,
    capturing,
    env_prefix,
    file_path,
    function,
    glob,
    index_path,
    name_or_function,
    named,
    package,
    repository_prefix,
    some_text,
    target_method,
    trust_domain,
)

_names = list_of(a_name)
_keyed_name = templated(a_name)

_forms = OneOf(None, list_of(a_name))

_ALIAS = {
    Required("provisioner"): _keyed_name,
    Required("worker-type"): _keyed_name,
    Required("implementation"): a_name,
    Required("os"): OneOf(*SYSTEMS),
    Optional("worker"): templated({str: object}),
}
_METHOD = {
    Optional("description"): text,
    Optional("phases"): [OneOf(None, *PHASES)],
    Optional("match-product"): flag,
    Optional("release-history"): flag,
    Optional("match-any"): {named: a_name},
    Optional("filters"): list_of(name_or_function),
}
_GATE = {
    Required("phase"): OneOf(*PHASES),
    Required("product"): a_name,
    Required("roles"): list_of(a_name, distinct=True, some=True),
    Required("before"): list_of(a_name, some=True),
}
_ACTION = {
    Optional("from"): function,
    Optional("projects"): _names,
    Optional("permission"): a_name,
    Optional("description"): text,
}


def _holds(value: object) -> Any:
    """Accepts the type of a project's parameter: a word, a list of one, or a mapping of them."""
    if isinstance(value, Mapping) and value:
        parts: Iterable[tuple[Any, Any]] = value.items()
    elif isinstance(value, list) and len(value) == 1:
        parts = enumerate(value)
    elif value in HELD:
        return value
    else:
        words = ", ".join(f"`{word}`" for word in HELD)
        raise voluptuous.Invalid(f"must be one of {words}, a list of one, or a mapping of them")
    for key, part in parts:
        try:
            _holds(part)
        except voluptuous.Invalid as invalid:
            invalid.prepend([key])
            raise
    return value


#: The schema of `kinds/config.yml`.
SCHEMA = voluptuous.Schema(
    {
        Required("trust-domain"): trust_domain,
        Required("products"): list_of(a_name, distinct=True, some=True),
        Optional("transforms-package"): package,
        Optional("project-aliases"): {named: _names},
        Optional("release-branches"): _names,
        Optional("release-type"): templated(text),
        Optional("release-types"): RELEASE_TYPES,
        Optional("level"): templated(one_of(LEVELS)),
        Optional("source-env-prefix"): env_prefix,
        Optional("projects"): {
            named: {
                Required("level"): OneOf(*LEVELS),
                Required("repositories"): list_of(some_text, some=True),
                Optional("branches"): list_of(glob),
                Optional("hg-branches"): list_of(glob),
            }
        },
        Optional("repositories"): {
            repository_prefix: {
                Required("name"): some_text,
                Optional("default-repository"): some_text,
                Optional("default-ref"): some_text,
                Optional("path-prefix"): some_text,
                Optional("ssh-secret-name"): some_text,
            }
        },
        Optional("cached-task-prefix"): index_path,
        Optional("run-task"): RUN_TASK,
        Optional("programs"): PROGRAMS,
        Optional("hooks-owner"): some_text,
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
        Optional("longest-deadline"): duration,
        Required("target-tasks-method"): _keyed_name,
        Required("target-methods"): {target_method: _METHOD},
        Optional("release-promotion"): {
            Optional("rebuild-kinds"): _names,
            Optional("may-fail"): _names,
            Optional("version-types"): templated(_forms),
            Optional("updates-from"): templated(_forms),
            Optional("released-locales"): a_name,
            Optional("inputs"): _names,
            Optional("flavors"): {named: FLAVOR},
            Optional("sign-off-gates"): [_GATE],
        },
        Optional("parameters"): {
            Optional("pass-through"): _names,
            Optional("computed"): function,
            Optional("inputs"): {
                named: {
                    Optional("file"): file_path,
                    Optional("default"): object,
                    Optional("holds"): _holds,
                    Optional("meaning"): text,
                }
            },
        },
        Optional("variables"): {named: object},
        Optional("attributes"): {named: text},
        Optional("actions"): {named: _ACTION},
        Optional("look-ups"): {str: object},
        Optional("optimization-strategies"): {str: object},
        Optional("verifications"): {
            Optional("full"): list_of(function),
            Optional("target-graph"): list_of(function),
            Optional("optimized"): list_of(function),
            Optional("morphed"): list_of(function),
        },
        Optional("morphs"): list_of(function, distinct=True),
        Optional("policy"): POLICY,
        Optional("version-parser"): function,
        Optional("version-tags"): OneOf(None, capturing),
        Optional("index-task"): {
            Required("worker-type"): a_name,
            Required("image"): some_text,
            Optional("command"): [text],
            Optional("max-run-time"): whole_number,
        },
    }
)
