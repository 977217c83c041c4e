"""Takes the given parameters of a release, gives all of them.

Missing ones come from the configuration (keyed by project), from the project's own files, from
version control, and last from the engine's defaults.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from relpro.errors import Diagnostic, Origin, RelproError, raise_all
from relpro.load.release_types import no_type, unknown_type
from relpro.load.vcs import example_address, without_secrets
from relpro.model.config import GraphConfig
from relpro.model.parameters import BY_DEFAULT, GIT, NOT_TOLD, Parameters, Said
from relpro.model.task import Json
from relpro.parameters.known import DEFAULTS, without_nulls
from relpro.project import Project
from relpro.transform.compiler import compile_template
from relpro.transform.template import Unrenderable

Values = Mapping[str, Any]

#: What the URLs of the two kinds of repositories look like.
_HG = re.compile(r"hg\b|.*\.hg\b")
_GIT = re.compile(r"\bgit|\.git$|^git@|^ssh:|^file:|\bbitbucket\.|\bcodeberg\.")


def complete(
    config: GraphConfig,
    *,
    checkout: Values,
    inputs: Values,
    given: Values,
    sources: Mapping[str, Origin] = NOT_TOLD,
    folder: str = "",
) -> Parameters:
    """Parameters with a value for every name; later sources win, `given` over all.

    `sources` say where the given ones were said. `folder` is the name of the project's folder, by
    default that of the project.

    Raises `RelproError` (T402) if a keyed setting of the configuration has no value for the
    project.
    """
    found = (
        Said.at(BY_DEFAULT, DEFAULTS)
        | Said.at(GIT, checkout)
        | Said(inputs, {name: own.source for name, own in config.inputs.items()})
        | Said(given, sources)
    )
    known = _named(without_nulls(found.values), folder)
    derived: dict[str, Any] = {}
    settings = (config.level, config.release_type, config.target_tasks_method)
    for name, value in zip(_SETTINGS, settings, strict=True):
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
    values = {**known, **derived}
    made = dict(_made(config, found.values, derived, values))
    return Parameters(values, {**found.sources, **made})


def _made(
    config: GraphConfig, found: Values, derived: Values, values: Values
) -> Iterator[tuple[str, Origin]]:
    """Where each value is from that is none of those that were found."""
    for name, value in found.items():
        if name in _SETTINGS and name in derived:
            yield name, config.locations.origin(name.replace("_", "-"))
        elif name in _MADE_OF and (name in derived or (values[name] and not value)):
            yield name, Origin(f"as {_MADE_OF[name]} says")
        elif value is None and values[name] is not None:
            yield name, BY_DEFAULT


#: Parameters that the configuration says by a key of the same name.
_SETTINGS = ("level", "release_type", "target_tasks_method")

#: Made of others, or of the name of the folder where nothing tells.
_MADE_OF: Mapping[str, str] = {
    "app_version": "`version`",
    "base_repository": "`head_repository`",
    "head_repository": "`project`",
    "project": "the folder",
    "repository_type": "`head_repository`",
}


def parameters_of(
    project: Project, values: Values, sources: Mapping[str, Origin] = NOT_TOLD
) -> Parameters:
    """The parameters of a project's checkout of which `values` are given, said at `sources`."""
    return complete(
        project.config,
        checkout={} if "head_rev" in values else project.checkout,
        inputs=project.inputs,
        given=values,
        sources=sources,
        folder=project.root.resolve().name,
    )


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


def setting(config: GraphConfig, path: tuple[str, ...], value: object, known: Values) -> Json:
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
    def __missing__(self, name: str) -> object:
        raise Unrenderable("T401", f"no parameter is called `{name}`")
