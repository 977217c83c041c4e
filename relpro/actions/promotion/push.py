"""Takes the facts of a push, gives its decision task: from a group, else from the index.

One revision may have several pushes: to two branches, to a branch and a merge queue, of a tag.
"""

from collections.abc import Iterator, Mapping

from relpro.errors import Diagnostic, Origin, RelproError
from relpro.model.config import GraphConfig
from relpro.plan.records import Records
from relpro.stock.routes import indexed_branch


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
