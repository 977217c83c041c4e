"""Takes a request, gives the graphs that it is about: those named, else that of its push.

The decision task of a push is found by its group, else in the index.

One revision may have several pushes: to two branches, to a branch and a merge queue, of a tag.
"""

from collections.abc import Iterator, Mapping

from relpro.actions.action import Request
from relpro.actions.promotion.previous import read_parameters
from relpro.errors import Diagnostic, Origin, RelproError
from relpro.model.config import GraphConfig
from relpro.plan.records import Records
from relpro.stock.routes import indexed_branch


def named_graphs(request: Request) -> Mapping[str, Origin]:
    """The ids of earlier graphs with their places; the decision task where the input has none."""
    given = request.input
    ids = given.get("previous_graph_ids") or ()
    named = {one: given.origin("previous_graph_ids", at) for at, one in enumerate(ids)}
    return named or {_decision(request): given.origin()}


def _decision(request: Request) -> str:
    """The group's own decision task if it has the requested revision, else one from the index.

    Raises `RelproError`: Q709 if nothing identifies it, Q707 if no such task is indexed.
    """
    asked, group = request.input.text("revision"), request.task_group_id
    if group:
        decision = decision_of_group(request.records, group)
        if not asked or _revision(request, decision) == asked:
            return decision
    revision = asked or request.head.get("head_rev", "")
    if not revision or not request.head.get("project"):
        remedy = "give the id of the decision task first, then those of earlier promotions"
        what = "field `previous_graph_ids` of the input is missing"
        raise RelproError(request.input.refused(what=what, remedy=remedy))
    return find_decision(request.records, request.config, request.head, revision)


def _revision(request: Request, decision: str) -> str:
    return str(read_parameters(decision, request.records, request.config).get("head_rev") or "")


def decision_of_group(records: Records, task_group_id: str) -> str:
    """The decision task of a task group, which may be that of an action on an earlier one."""
    passed: list[str] = []
    above = task_group_id
    while above not in passed:
        passed.append(above)
        known = records.definitions([above])
        above = known[above]["taskGroupId"] if above in known else above
    return passed[-1]


def find_decision(
    records: Records, config: GraphConfig, head: Mapping[str, str], revision: str
) -> str:
    """The id of the decision task for a push of `revision`, from the index.

    `head` are the parameters that identify the push: `project`, and in git `head_ref`. Cron jobs
    and releases on the code host have other index paths. If none is indexed by its branch, any of
    the revision is returned: the caller must check the branch. Raises `RelproError` (Q707) if there
    is none.
    """
    paths = tuple(_paths(config, head, revision))
    for path in paths:
        if task_id := records.find(path):
            return task_id
    what = f"no decision task is indexed at {' or '.join(f'`{path}`' for path in paths)}"
    remedy = "give `previous_graph_ids`, or a `revision` that was pushed"
    raise RelproError(Diagnostic("Q707", what, (Origin("index"),), remedy=remedy))


def _paths(config: GraphConfig, head: Mapping[str, str], revision: str) -> Iterator[str]:
    """The index paths of decision tasks in `.taskcluster.yml`, the most specific first."""
    project, ref = head["project"], head.get("head_ref", "")
    is_hg = head.get("repository_type") == "hg"
    for place in dict.fromkeys([indexed_branch(project, "" if is_hg else ref), project]):
        yield f"{config.trust_domain}.v2.{place}.revision.{revision}.taskgraph.decision"
