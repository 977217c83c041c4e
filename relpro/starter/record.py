"""Records the files that `relpro init` wrote, so that a later relpro can upgrade them.

The record has complete texts: people change these files, and their changes are found by comparing
with the original.
"""

import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

import attrs
import voluptuous
from voluptuous import Required

from relpro.errors import raise_all
from relpro.starter.answers import TEMPLATES, Answers
from relpro.starter.template import StarterFile
from relpro.values import text
from relpro.values.check import check
from relpro.values.one_of import one_of
from relpro.writing import write_whole
from relpro.yaml.document import read

#: The path of the record.
RECORD: Final = ".ci/relpro-init.json"

#: Files that relpro upgrades. `requirements.txt` is made from the state of a package index.
_OURS: Final = (".taskcluster.yml", ".ci/check-graphs", ".ci/rehearse.py", ".ci/requirements.in")

_SCHEMA: Final = voluptuous.Schema(
    {
        Required("about"): text,
        Required("template"): one_of(TEMPLATES),
        Required("answers"): {str: text},
        Required("files"): {str: [text]},
    }
)
_ABOUT: Final = "What `relpro init` wrote, and by which answers: `relpro init --upgrade` reads it."


@attrs.frozen
class Record:
    """The template, the answer to each question by name, and the written texts, by path."""

    template: str
    answers: Mapping[str, str]
    files: Mapping[str, str]

    def with_files(self, files: Mapping[str, str]) -> "Record":
        """The record, with texts that were written later."""
        return attrs.evolve(self, files={**self.files, **files})


def is_of(file: StarterFile, patterns: Iterable[str] = _OURS) -> bool:
    """Whether a path matches one of some globs: by default, of the files that relpro upgrades."""
    return any(fnmatchcase(file.path, pattern) for pattern in patterns)


def record_of(answers: Answers) -> Record:
    """A record of answers without any written file."""
    return Record(answers.template, answers.given(), {})


def read_record(root: Path) -> Record | None:
    """The record of a project; None if it has none.

    Raises `RelproError` (K201 to K203, or of YAML) for an invalid one.
    """
    path = root / RECORD
    if not path.is_file():
        return None
    document = read(path, RECORD)
    raise_all(check(_SCHEMA, document.data, document.locations.origin, ""))
    data = document.data
    files = {name: "".join(f"{line}\n" for line in lines) for name, lines in data["files"].items()}
    return Record(data["template"], dict(data["answers"]), files)


def write_record(root: Path, record: Record) -> None:
    """Write the record, with one line for each line of a file. Raises `OSError`."""
    data: dict[str, Any] = {
        "about": _ABOUT,
        "template": record.template,
        "answers": dict(record.answers),
        "files": {name: one.splitlines() for name, one in sorted(record.files.items())},
    }
    path = root / RECORD
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, f"{json.dumps(data, indent=1, ensure_ascii=False)}\n".encode())
