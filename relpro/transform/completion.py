"""Takes the given parameters of a release, gives all of them.

Missing ones come from the configuration (keyed by project), from the project's own files, from
version control, and last from the engine's defaults.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from relpro.errors import Diagnostic, Origin, RelproError, raise_all
from relpro.load.release_types import no_type, unknown_type
from relpro.load.vcs import example_address, without_secrets
from relpro.model.config import GraphConfig
from relpro.model.parameters import Parameters
from relpro.parameters.known import DEFAULTS, without_nulls
from relpro.transform.compiler import compile_template
from relpro.transform.template import Unrenderable

Values = Mapping[str, Any]

#: What the URLs of the two kinds of repositories look like.
_HG = re.compile(r"hg\b|.*\.hg\b")
_GIT = re.compile(r"\bgit|\.git$|^git@|^ssh:|^file:|\bbitbucket\.|\bcodeberg\.")


def complete(
    config: GraphConfig, *, checkout: Values, inputs: Values, given: Values, folder: str = ""
) -> Parameters:
    """Parameters with a value for every name; later sources win, `given` over all.

    `folder` is the name of the project's folder, which is the default of parameter `project`.

    Raises `RelproError` (T402) if a keyed setting of the configuration has no value for the
    project.
    """
    known = _named(without_nulls({**DEFAULTS, **checkout, **inputs, **given}), folder)
    derived: dict[str, Any] = {}
    for name, value in (
        ("level", config.level),
        ("release_type", config.release_type),
        ("target_tasks_method", config.target_tasks_method),
    ):
        if name not in given:
            if name == "release_type":
                raise_all(
                    no_type(str(known["project"]), str({**known, **derived}["level"]), config)
                )
            # Later sources may use values of earlier ones.
            scope = {**known, **derived}
            derived[name] = setting(config, (name.replace("_", "-"),), value, scope)
    raise_all(unknown_type(str({**known, **derived}["release_type"]), config))
    if given.get("head_repository") and "repository_type" not in {*given, *checkout}:
        derived["repository_type"] = _repository_type(known)
    version = known["version"]
    if not known["app_version"]:
        derived["app_version"] = version
    return Parameters({**known, **derived})


def push_method(config: GraphConfig, given: Values) -> str:
    """The target method of the push on which a release with the `given` parameters is based."""
    unsaid = ("target_tasks_method", "tasks_for")
    values = {name: value for name, value in given.items() if name not in unsaid}
    return str(complete(config, checkout={}, inputs={}, given=values)["target_tasks_method"])


def _named(known: Values, folder: str) -> Values:
    """The parameters with project and repositories, since tasks must name their source."""
    project = known["project"] or folder
    head, base = (without_secrets(known[f"{end}_repository"] or "") for end in ("head", "base"))
    place = head or base or (example_address(project) if project else "")
    names = {"project": project, "head_repository": head or place, "base_repository": base or place}
    return {**known, **names}


def _repository_type(known: Values) -> str:
    """`git` or `hg`, from the event or the URL. Raises `RelproError` (P503).

    Chain of Trust reads revision and repository from URLs, which differ between the two. So
    parameters that do not say it, such as those of 2021, are not assumed to be from git.
    """
    address = str(known["head_repository"])
    url = urlsplit(address)
    if known["tasks_for"] == "hg-push" or _HG.match(url.netloc):
        return "hg"
    if known["tasks_for"].startswith("github-") or _GIT.search(address):
        return "git"
    what = f"nothing says whether {without_secrets(address)} is a repository of git or of hg"
    remedy = "say `repository_type: git`, or `hg`, in the parameters"
    raise RelproError(Diagnostic("P503", what, (Origin("the parameters"),), remedy=remedy))


def setting(config: GraphConfig, path: tuple[str, ...], value: Any, known: Values) -> Any:
    """The keyed value at `path` of the configuration, for a release with the `known` parameters.

    Raises `RelproError` (T401, T402, ...) if it has no value for them.
    """
    try:
        return compile_template(value).render(_Scope(known))
    except Unrenderable as problem:
        where = config.locations.origin(*path)
        what = f"`{': '.join(path)}` of the configuration: {problem.what}"
        raise RelproError(Diagnostic(problem.code, what, (where,), remedy=problem.remedy)) from None


class _Scope(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        raise Unrenderable("T401", f"no parameter is called `{name}`")
