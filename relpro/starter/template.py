"""Takes the answers of a project, gives the files of a new project.

A template is the folder with its name, together with `every`, whose files belong to all templates.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import attrs

from relpro.starter.answers import Answers

#: The folder of templates.
TEMPLATES: Final = Path(__file__).with_name("templates")
_OPEN = re.compile(r"__([A-Za-z][A-Za-z_]*?)__")

#: An existing page, to which a section is appended.
README: Final = "README.md"


@attrs.frozen
class StarterFile:
    """A file: its path below the root of the project, its content, and whether it is executable."""

    path: str
    text: str
    executable: bool


def starter_files(answers: Answers) -> Iterator[StarterFile]:
    """The files of a template, sorted by path."""
    words = answers.words()
    found = {
        path.relative_to(folder).as_posix(): path
        for folder in (TEMPLATES / "every", TEMPLATES / answers.template)
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    for name, path in sorted(found.items()):
        text = filled(path.read_text(encoding="utf-8"), words)
        yield StarterFile(name, text, text.startswith("#!"))


def filled(text: str, words: Mapping[str, str]) -> str:
    """A text with its open words filled in; what looks like one and is none stays."""
    return _OPEN.sub(lambda match: words.get(match[1], match[0]), text)


def write_file(root: Path, file: StarterFile) -> bool:
    """Write a new file; append a section to a README. Returns whether something was written."""
    path = root / file.path
    before = ""
    if os.path.lexists(path):
        if file.path != README or not path.is_file():
            return False
        before = path.read_text(encoding="utf-8")
        if file.text.partition("\n")[0] in before.splitlines():
            return False
        before = before.rstrip("\n") + "\n\n"
    write_over(root, attrs.evolve(file, text=before + file.text))
    return True


def write_over(root: Path, file: StarterFile) -> None:
    """Write a file, overwriting an existing one."""
    path = root / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(file.text, encoding="utf-8")
    if file.executable:
        path.chmod(path.stat().st_mode | 0o111)
