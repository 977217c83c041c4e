"""Filters for `target-methods` of the configuration."""

from collections.abc import Callable, Mapping
from typing import Any

from relpro.model.config import GraphConfig
from relpro.model.counted import listed
from relpro.model.parameters import Parameters
from relpro.model.phase import Phase
from relpro.model.task import Task
from relpro.target.filters import run_on_projects

#: Desktop platforms that a release branch builds only in the shippable variant.
PLAIN_PLATFORMS = frozenset(
    {"linux", "linux64", "linux64-aarch64", "macosx64", "win32", "win64", "win64-aarch64"}
)
_TESTED = frozenset({"talos", "raptor"})


def no_devedition(task: Task, _parameters: Parameters, _config: GraphConfig) -> str:
    """Leave Developer Edition to the branch that ships it."""
    return "Developer Edition is built on mozilla-beta" if task.product == "devedition" else ""


def no_android(task: Task, _parameters: Parameters, _config: GraphConfig) -> str:
    """Leave out Android, which has no ESR."""
    platform = str(task.attributes.get("build_platform", ""))
    return "there is no Android ESR" if platform.startswith("android") else ""


def on_its_branch(task: Task, parameters: Parameters, config: GraphConfig) -> str:
    """Keep the tasks of the branch of the release type, for a staging release of another branch.

    Source: umbrafox 11bdaf9, gecko_taskgraph/target_tasks.py, `_filter_by_release_project`.
    """
    released = config.release_types.projects.items()
    branches = [name for name, one in released if one == parameters["release_type"]]
    named = task.attributes.get("run_on_projects") or ()
    if "all" in named or any(config.names_project(named, name) for name in branches):
        return ""
    return f"{listed(branches, 2) or 'no branch'} does not run it"


def no_android_of_esr(task: Task, parameters: Parameters, config: GraphConfig) -> str:
    """Leave out Android if the release type has none."""
    row = config.release_types.rows[str(parameters["release_type"])]
    return "" if row["has-android"] else no_android(task, parameters, config)


def shippable(task: Task, _parameters: Parameters, _config: GraphConfig) -> str:
    """Keep the tasks of which releases consist."""
    return "" if task.attributes.get("shippable") else "it is not shippable"


def beta_users_only(task: Task, _parameters: Parameters, _config: GraphConfig) -> str:
    """Of the phase ship, keep the tasks that offer a release candidate to beta users."""
    if task.phase is Phase.SHIP and "secondary" not in task.kind:
        return "a release candidate ships to beta users alone"
    return ""


def nightly(task: Task, parameters: Parameters, config: GraphConfig) -> str:
    """Keep the tasks that a nightly of the desktop browser publishes."""
    if task.product != "firefox":
        return "it is not of the desktop browser"
    return shippable(task, parameters, config)


def _nightly_of(*platforms: str) -> Callable[[Task, Parameters, GraphConfig], str]:
    def keep(task: Task, parameters: Parameters, config: GraphConfig) -> str:
        if task.attributes.get("build_platform") not in platforms:
            return f"it is not of {listed(platforms, 2)}"
        return nightly(task, parameters, config)

    return keep


nightly_linux = _nightly_of("linux64-shippable", "linux64-aarch64-shippable")
nightly_macosx = _nightly_of("macosx64-shippable")
nightly_win32 = _nightly_of("win32-shippable")
nightly_win64 = _nightly_of("win64-shippable")
nightly_win64_aarch64 = _nightly_of("win64-aarch64-shippable")


def nightly_android(task: Task, _parameters: Parameters, _config: GraphConfig) -> str:
    """Keep the tasks that a nightly of Android publishes: applications, components, GeckoView."""
    if task.product != "firefox-android":
        return "it is not of Android"
    if task.attributes.get("release_type") != "nightly":
        return "it is not of nightlies"
    return "only releases have it" if task.kind.startswith("release-") else ""


def nightly_all(task: Task, parameters: Parameters, config: GraphConfig) -> str:
    """Keep the tasks of both nightlies."""
    if task.product == "firefox-android":
        return nightly_android(task, parameters, config)
    if task.phase is Phase.PUSH:
        return "only releases have it"
    return run_on_projects(task, parameters, config) or nightly(task, parameters, config)


def release_tasks(task: Task, parameters: Parameters, config: GraphConfig) -> str:
    """Leave out tasks that the shippable variant replaces on a release branch."""
    attributes = task.attributes
    platform = attributes.get("build_platform")
    if platform in PLAIN_PLATFORMS and task.kind != "l10n":
        row = config.release_types.rows.get(str(parameters["release_type"]), {})
        return _plain(attributes, platform, debugged=bool(row.get("debugged")))
    return ""


def _plain(attributes: Mapping[str, Any], platform: str, *, debugged: bool) -> str:
    if attributes.get("build_type") == "opt":
        suite = attributes.get("unittest_suite")
        return "" if suite in _TESTED else f"{platform}-shippable stands in for it"
    if debugged or platform == "linux64":
        return ""
    return "debug builds are not made on a release branch"
