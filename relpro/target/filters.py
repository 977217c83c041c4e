"""Takes a task, gives the reason to leave it out of the target graph, or an empty text.

A filter is a function of a task, the parameters and the graph configuration. It returns the reason
in words, or an empty text if it has no objection.
"""

from collections.abc import Callable, Collection, Mapping

from relpro.model.branch import branch_of
from relpro.model.config import EVERYWHERE, GraphConfig
from relpro.model.parameters import Parameters
from relpro.model.phase import Phase
from relpro.model.task import Task
from relpro.values.patterns import Pattern

Filter = Callable[[Task, Parameters, GraphConfig], str]


def shipping_phase(task: Task, _parameters: Parameters, _config: GraphConfig) -> str:
    """Leaves out tasks of the phases promote, push and ship."""
    phase = task.phase
    return "" if phase is None or phase is Phase.BUILD else f"it belongs to phase `{phase.value}`"


def product(task: Task, parameters: Parameters, _config: GraphConfig) -> str:
    """Leaves out tasks of other products than the released one."""
    wanted, own = parameters.release_product, task.product
    return f"it belongs to product `{own}`" if wanted and own and own != wanted else ""


def run_on_projects(task: Task, parameters: Parameters, config: GraphConfig) -> str:
    """Leaves out tasks whose `run_on_projects` names neither the project nor an alias of it."""
    named = task.attributes.get("run_on_projects")
    if named is None or EVERYWHERE in named or config.names_project(named, parameters.project):
        return ""
    return f"it does not run on project `{parameters.project}`, only on {_listed(named)}"


def run_on_tasks_for(task: Task, parameters: Parameters, _config: GraphConfig) -> str:
    """Leaves out tasks whose `run_on_tasks_for` does not name the event."""
    named = task.attributes.get("run_on_tasks_for")
    if named is None or EVERYWHERE in named or parameters.tasks_for in named:
        return ""
    return f"it does not run for `{parameters.tasks_for}`, only for {_listed(named)}"


def run_on_hg_branches(task: Task, parameters: Parameters, _config: GraphConfig) -> str:
    """Leaves out tasks whose `run_on_hg_branches` do not match the branch, if there is one."""
    branch = parameters.get("hg_branch")
    return _other_branch(task.attributes.get("run_on_hg_branches"), branch) if branch else ""


def run_on_git_branches(task: Task, parameters: Parameters, _config: GraphConfig) -> str:
    """Leaves out tasks whose `run_on_git_branches` do not match the branch of a git repository.

    The branch of a pull request can have any name, so nothing is left out for pull requests.
    """
    if parameters.get("repository_type") != "git" or _is_pull_request(parameters):
        return ""
    branch = branch_of(str(parameters.get("head_ref") or ""))
    return _other_branch(task.attributes.get("run_on_git_branches"), branch)


def _is_pull_request(parameters: Parameters) -> bool:
    return parameters.tasks_for.startswith("github-pull-request")


def _other_branch(named: Collection[str] | None, branch: str) -> str:
    if named is None or EVERYWHERE in named:
        return ""
    if any(Pattern.of(one).fullmatch(branch) for one in named):
        return ""
    return f"it does not run on branch `{branch}`, only on {_listed(named)}"


def no_cron(task: Task, _parameters: Parameters, _config: GraphConfig) -> str:
    """Leaves out tasks that only run in cron jobs."""
    return "only a cron job starts it" if task.attributes.get("cron") else ""


def missing_signoffs(task: Task, parameters: Parameters, _config: GraphConfig) -> str:
    """Leaves out tasks that wait for a required sign-off that is not given."""
    required = task.attributes.get("required_signoffs")
    if not required:
        return ""
    asked, given = parameters.get("required_signoffs", ()), parameters.get("signoff_urls", {})
    missing = [one for one in required if one in asked and not given.get(one)]
    return f"it waits for sign-off {_listed(missing)}" if missing else ""


def nothing(_task: Task, _parameters: Parameters, _config: GraphConfig) -> str:
    """Leaves out every task."""
    return "nothing is wanted"


#: The filter that leaves out a task together with all tasks that need it.
SIGN_OFFS = "missing-signoffs"

#: The function of each of `relpro.model.config.FILTERS`.
FILTERS: Mapping[str, Filter] = {
    "shipping-phase": shipping_phase,
    "product": product,
    "run-on-projects": run_on_projects,
    "run-on-tasks-for": run_on_tasks_for,
    "run-on-hg-branches": run_on_hg_branches,
    "run-on-git-branches": run_on_git_branches,
    "no-cron": no_cron,
    SIGN_OFFS: missing_signoffs,
    "nothing": nothing,
}


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "nothing"
