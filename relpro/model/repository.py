"""A repository that tasks check out."""

import attrs


@attrs.frozen
class CheckedOut:
    """A repository that tasks check out, by the prefix of its options and variables in run-task.

    `url` and `ref` are those of a repository that is not the project's own; `path` is its folder in
    a checkout of several; `ssh_secret` is the secret with the SSH key.
    """

    prefix: str
    name: str
    url: str = ""
    ref: str = ""
    path: str = ""
    ssh_secret: str = ""
