"""How run-task is started, and what it is told, where a project has its own way."""

from collections.abc import Mapping
from typing import Any

import attrs


@attrs.frozen
class RunTaskSettings:
    """What `run-task` of the configuration says. Every value may be keyed by the release.

    `program` is where images have run-task. With a checkout it is told `options` as well, gets
    `secrets`, and puts the tree into `folder`, which `path_variable` names. `variables` are the
    facts of a repository that it reads, None: all. `separate_cwd`: `--task-cwd` and its folder are
    two words. `checkout_cache` and `sparse_cache` are what the caches of checkouts are called;
    `cache_version` stands before the digest at the end of their names, and that is the digest of
    `revision`, empty: of the run-task that the decision task publishes.

    `using` are the handlers of `run` that have a short name -> the module in full.
    """

    program: Any = "/usr/local/bin/run-task"
    options: Any = ()
    secrets: Any = ()
    folder: Any = "vcs"
    path_variable: Any = "VCS_PATH"
    variables: Any = None
    separate_cwd: Any = False
    checkout_cache: Any = "checkouts"
    sparse_cache: Any = "checkouts"
    cache_version: Any = ""
    revision: Any = ""
    using: Mapping[str, str] = attrs.field(factory=dict)
