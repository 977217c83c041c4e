"""Takes what is said of a release, gives its complete parameters.

What is not said comes from the configuration (keyed by project), from the project's own files,
from version control, and last from the engine's defaults.
"""

from collections.abc import Mapping
from typing import Any

from relpro.errors import Diagnostic, RelproError
from relpro.load.vcs import example_address
from relpro.model.config import GraphConfig
from relpro.model.parameters import DEFAULTS, Parameters
from relpro.transform.compiler import compile_template
from relpro.transform.template import Unrenderable

Values = Mapping[str, Any]


def complete(
    config: GraphConfig, *, checkout: Values, inputs: Values, given: Values, folder: str = ""
) -> Parameters:
    """Parameters with a value for every name; later sources win, `given` over all.

    `folder` is the name of the project's folder: a project that nothing names is called so.

    Raises `RelproError` (T402) when the configuration has no answer for the project.
    """
    known = _named({**DEFAULTS, **checkout, **inputs, **given}, folder)
    derived = {
        name: _render(config, name, value, known)
        for name, value in (
            ("level", config.level),
            ("release_type", config.release_type),
            ("target_tasks_method", config.target_tasks_method),
        )
        if name not in given
    }
    version = known["version"]
    if not known["app_version"]:
        derived["app_version"] = version
    return Parameters({**known, **derived})


def _named(known: Values, folder: str) -> Values:
    """The same with a project and repositories: tasks must say where their source is."""
    project = known["project"] or folder
    head, base = known["head_repository"], known["base_repository"]
    place = head or base or (example_address(project) if project else "")
    names = {"project": project, "head_repository": head or place, "base_repository": base or place}
    return {**known, **names}


def _render(config: GraphConfig, name: str, value: Any, known: Values) -> Any:
    try:
        return compile_template(value).render(_Scope(known))
    except Unrenderable as problem:
        key = name.replace("_", "-")
        what, where = f"`{key}` of the configuration: {problem.what}", config.locations.origin(key)
        raise RelproError(Diagnostic(problem.code, what, (where,), remedy=problem.remedy)) from None


class _Scope(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        raise Unrenderable("T401", f"no parameter is called `{name}`")
