"""Takes secrets that files of a checkout are made of, gives the commands that make them."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from voluptuous import Optional, Required

from relpro.values import flag, text

#: The keys of a section: secrets, which of their keys, and the files below the checkout that get
#: their values; and what a file has where there are no secrets.
SECRETS = {
    Optional("secrets"): [
        {
            Required("name"): text,
            Required("key"): text,
            Required("path"): text,
            Optional("json"): flag,
        }
    ],
    Optional("dummy-secrets"): [{Required("content"): text, Required("path"): text}],
}

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


def secret_worker(section: Mapping[str, Any]) -> dict[str, Any]:
    """What handlers give for the worker: the secrets that it must be able to read, each once."""
    names = list(dict.fromkeys(one["name"] for one in section.get("secrets", ())))
    return {"worker": {"secrets": names}} if names else {}


def one_after_another(commands: Iterable[Sequence[str]]) -> str:
    """A line of shell that runs commands as long as each succeeds."""
    return " && ".join(shlex.join(words) for words in commands)
