"""Takes secrets that files of a checkout are made of, gives the commands that make them."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from voluptuous import Optional, Required

from relpro.values import flag, text

#: A secret, which of its keys, and the file below the checkout that gets its value.
SECRETS = [
    {Required("name"): text, Required("key"): text, Required("path"): text, Optional("json"): flag}
]

#: What a file has where there are no secrets.
DUMMIES = [{Required("content"): text, Required("path"): text}]

#: Where tasks of docker-worker have the tree.
CHECKOUT = "/builds/worker/checkouts/gecko"


def secret_commands(section: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    """The commands that write what `secrets` and `dummy-secrets` of a section say."""
    scripts = f"{CHECKOUT}/taskcluster/scripts"
    for one in section.get("dummy-secrets", ()):
        yield (f"{scripts}/write-dummy-secret.py", "-f", one["path"], "-c", one["content"])
    for one in section.get("secrets", ()):
        words = (f"{scripts}/get-secret.py", "-s", one["name"], "-k", one["key"], "-f", one["path"])
        yield (*words, "--json") if one.get("json") else words


def secret_names(section: Mapping[str, Any]) -> list[str]:
    """The secrets that a task must be able to read, each once."""
    return list(dict.fromkeys(one["name"] for one in section.get("secrets", ())))


def one_after_another(commands: Iterator[Sequence[str]]) -> str:
    """A line of shell that runs commands as long as each succeeds."""
    return " && ".join(shlex.join(words) for words in commands)
