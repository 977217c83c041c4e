"""Takes secrets from which files of a checkout are made, gives the commands that make them."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from voluptuous import Optional, Required

from relpro.values import flag, text

#: The keys of a section: secrets, the keys in them, and the files below the checkout that get their
#: values; and the content of a file if there are no secrets.
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

#: The checkout in tasks of docker-worker.
CHECKOUT = "/builds/worker/checkouts/gecko"


def secret_commands(section: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    """The commands that write the files of `secrets` and `dummy-secrets`."""
    scripts = f"{CHECKOUT}/taskcluster/scripts"
    for one in section.get("dummy-secrets", ()):
        yield (f"{scripts}/write-dummy-secret.py", "-f", one["path"], "-c", one["content"])
    for one in section.get("secrets", ()):
        words = (f"{scripts}/get-secret.py", "-s", one["name"], "-k", one["key"], "-f", one["path"])
        yield (*words, "--json") if one.get("json") else words


def secret_worker(section: Mapping[str, Any]) -> dict[str, Any]:
    """The worker keys of a handler: the secrets that it must be able to read, each once."""
    names = list(dict.fromkeys(one["name"] for one in section.get("secrets", ())))
    return {"worker": {"secrets": names}} if names else {}


def one_after_another(commands: Iterable[Sequence[str]]) -> str:
    """A line of shell that runs commands until one fails."""
    return " && ".join(shlex.join(words) for words in commands)
