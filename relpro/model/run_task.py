"""How to start run-task in a project that has its own way."""

from collections.abc import Mapping
from typing import Any

import attrs


@attrs.frozen
class RunTaskSettings:
    """The content of `run-task` of the configuration. Every value may be keyed by the release.

    `program` is the path of run-task in images. With a checkout, run-task also gets `options` and
    `secrets`, and checks out into `folder`, which is in `path_variable`. `variables` are the facts
    of a repository that it gets; None: all. `separate_cwd`: `--task-cwd` and its folder are two
    arguments. `checkout_cache` and `sparse_cache` are the names of checkout caches; they end in
    `cache_version` and the digest of `revision`, or, if that is empty, of the run-task that the
    decision task publishes.

    `using` are short names of handlers of `run` -> the dotted name of the module.
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
