"""The templates of the Python that a project must write."""

from collections.abc import Mapping
from typing import Final

#: The complete transform that adds dependencies on tasks of code review.
CODE_REVIEW: Final = '''"""Takes a task, lets it wait for the tasks of code review."""

from relpro import Context, TaskDescription, each


def code_review(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The task with a soft dependency on each task whose attribute `code-review` is true."""
    reviewed = (one.label for one in ctx.upstream.every() if one.attributes.get("code_review"))
    return task.replace(soft_dependencies=(*task.soft_dependencies, *reviewed))


transforms = (each(code_review),)
'''

_WORKER: Final = '''"""To be written: the payload of `$name`.

$about
"""

${optional}from relpro import Context, Payload, Refusal, TaskDescription

#: What tasks write under `worker`.
$schema


def build(ctx: Context, task: TaskDescription) -> Payload:
    """The payload of a task, with the scopes it needs."""
    raise Refusal("`$module` is to be written", "see `$place`")
'''

_RUN: Final = '''"""To be written: what `run: $name` runs.

$about
"""

from collections.abc import Mapping
from typing import Any

${optional}from relpro import Parameters, Refusal

#: What tasks write under `run`.
$schema


def run(section: Mapping[str, Any], parameters: Parameters, place: Any) -> Mapping[str, Any]:
    """A section for `using: run-task`."""
    raise Refusal("`$module` is to be written", "see `$place`")
'''

_STRATEGY: Final = '''"""To be written: whether a task with `$name` need not run.

$about
"""

from typing import Any

from relpro import Keep, Parameters, Remove, Task


def verdict(task: Task, argument: Any, parameters: Parameters) -> Keep | Remove:
    """Until it is written no task is left out."""
    return Keep("`$module` is to be written")
'''

_TARGET: Final = '''"""To be written: which tasks `$name` leaves out.

$about
"""

from typing import Any

from relpro import Parameters, Task


def left_out(task: Task, parameters: Parameters, config: Any) -> str:
    """Why a task is not wanted, or the empty text. Until it is written none is."""
    return "`$module` is to be written"
'''

_PARAMETERS: Final = '''"""To be written: the parameters of a decision.

$about
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def computed(parameters: Mapping[str, Any], root: Path) -> Mapping[str, Any]:
    """Parameters that event and tree say."""
    raise NotImplementedError("`$module` is to be written")
'''

_VERIFICATION: Final = '''"""To be written: what verification `$name` objects to.

$about
"""

from collections.abc import Iterator
from typing import Any

from relpro import Objection, Parameters, TaskGraph


def objections(graph: TaskGraph, parameters: Parameters, config: Any) -> Iterator[Objection]:
    """An objection to each thing that is wrong. Until it is written, to every graph."""
    yield Objection("`$module` is to be written", remedy="see `$place`")
'''

_MORPH: Final = '''"""To be written: what morph `$name` changes.

$about
"""

from collections.abc import Iterator
from typing import Any

from relpro import Parameters, Task, TaskGraph


def changed(graph: TaskGraph, parameters: Parameters, config: Any) -> Iterator[Task]:
    """Tasks to add, and others in place of those of their labels. Until it is written, none is."""
    raise NotImplementedError("`$module` is to be written")
'''

_ACTION: Final = '''"""To be written: action `$name`.

$about
"""

from relpro import Action, Cancel, Generate, Request, Rerun


def _decided(request: Request) -> Generate | Rerun | Cancel:
    """What the action comes to."""
    raise NotImplementedError("`$module` is to be written")


#: On which tasks it is offered (`context`), and what its input is (`schema`), is to be said.
ACTION = Action(
    name=$name_text,
    title=$title,
    description=$description,
    symbol=$symbol,
    order=$order,
    decide=_decided,
    permission=$permission,
)
'''

_GROUP: Final = '''"""To be written: how `group-by: $name` groups tasks.

$about
"""

from collections.abc import Iterator, Sequence

from relpro import Parameters, Refusal, Task


def groups(tasks: Sequence[Task], parameters: Parameters) -> Iterator[Sequence[Task]]:
    """The groups: a task is made of each."""
    raise Refusal("`$module` is to be written", "see `$place`")
'''

_FETCH: Final = '''"""To be written: what `fetch: {type: $name}` fetches.

$about
"""

from collections.abc import Mapping
from typing import Any

${optional}from relpro import Refusal

#: What tasks write under `fetch`.
$schema


def fetch(section: Mapping[str, Any], folder: str) -> Mapping[str, Any]:
    """The `command` that puts a file into the folder, its `artifact-name`, `digest-data`."""
    raise Refusal("`$module` is to be written", "see `$place`")
'''

#: Role of an extension -> its template.
EXTENSIONS: Final[Mapping[str, str]] = {
    "worker": _WORKER,
    "run": _RUN,
    "strategy": _STRATEGY,
    "target": _TARGET,
    "parameters": _PARAMETERS,
    "verification": _VERIFICATION,
    "morph": _MORPH,
    "action": _ACTION,
    "group": _GROUP,
    "fetch": _FETCH,
}
