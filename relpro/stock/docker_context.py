"""Takes a folder of the tree with a Dockerfile, gives the build context of the image.

The bytes of a context depend only on the files: members are sorted and have no times or owners.
"""

import gzip
import hashlib
import io
import re
import tarfile
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import PurePosixPath

import attrs

from relpro.errors import Diagnostic, Origin, RelproError, raise_all
from relpro.load.tree import EXECUTABLE, LINK, PLAIN, Tree, TreeFile
from relpro.run_task import PROGRAMS

#: Included files of the tree are below this folder. Source: taskgraph, contexts of images.
INCLUDED = "topsrcdir"

#: The line that adds the programs with which tasks run, and its replacement. Source: taskgraph,
#: contexts of images.
_PROGRAMS_LINE = "# %include-run-task"
_PROGRAMS_FOLDER = "run-task"
_COPIES = "".join(
    f"COPY {_PROGRAMS_FOLDER}/{name} /usr/local/bin/{name}\n" for name in sorted(PROGRAMS)
)

_DIRECTIVE = re.compile(r"#\s*%(?P<name>include|ARG)\s+(?P<value>\S+)\s*")
_VOLUME = re.compile(r"VOLUME\s+(?P<paths>.+)", re.IGNORECASE)


@attrs.frozen(slots=False)
class DockerContext:
    """The files from which an image is built, sorted by path, and the volumes that it declares."""

    members: tuple[TreeFile, ...]
    volumes: tuple[str, ...]

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hex, of path, mode and content of every member."""
        digest = hashlib.sha256()
        for member in self.members:
            digest.update(f"{member.digest} {member.path}\0".encode())
        return digest.hexdigest()

    def archive(self) -> bytes:
        """The context as a tar.gz, always the same bytes."""
        made = io.BytesIO()
        # gzip would write the name of the file and the current time.
        with (
            gzip.GzipFile(filename="", mode="wb", fileobj=made, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar,
        ):
            for member in self.members:
                entry = _entry(member)
                tar.addfile(entry, io.BytesIO(member.content) if entry.isreg() else None)
        return made.getvalue()


def _entry(member: TreeFile) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(member.path)
    if member.mode == LINK:
        entry.type = tarfile.SYMTYPE
        entry.linkname = member.content.decode("utf-8", "surrogateescape")
        entry.mode = 0o777
    else:
        entry.size = len(member.content)
        entry.mode = 0o755 if member.mode == EXECUTABLE else 0o644
    return entry


def read_context(tree: Tree, folder: str, args: Mapping[str, str]) -> DockerContext:
    """The context of an image whose Dockerfile is in `folder`.

    Raises one `RelproError` (T417) for everything that the Dockerfile includes and that is missing.
    """
    own = tree.files([folder])
    name = f"{folder}/Dockerfile"
    dockerfile = tree.find(name)
    if dockerfile is None:
        remedy = "write it, or name the folder that has one: `image: {context: ...}`"
        raise RelproError(Diagnostic("T417", f"the tree has no `{name}`", remedy=remedy))
    if dockerfile.mode == LINK:
        what, remedy = f"`{name}` is a link", "put the file itself there"
        raise RelproError(Diagnostic("T417", what, (Origin(name),), remedy=remedy))
    text = _Dockerfile.read(dockerfile, args)
    raise_all(text.faults(tree))
    made = TreeFile("Dockerfile", PLAIN, text.rendered.encode())
    prefix = f"{folder}/"
    files = {file.path.removeprefix(prefix): file for file in own}
    files |= {
        f"{INCLUDED}/{file.path}": file for file in tree.files([path for _, path in text.included])
    }
    if text.has_programs:
        for name, program in PROGRAMS.items():
            path = f"{_PROGRAMS_FOLDER}/{name}"
            files[path] = TreeFile(path, EXECUTABLE, program.read_bytes())
    files["Dockerfile"] = made
    members = (attrs.evolve(file, path=path) for path, file in sorted(files.items()))
    return DockerContext(tuple(members), volumes_of(text.rendered))


def included_by(dockerfile: TreeFile, args: Mapping[str, str]) -> tuple[str, ...]:
    """The paths, from the top of the tree, that a Dockerfile includes, whether they exist or not.

    Raises `RelproError` (T417) for one that is not UTF-8.
    """
    return tuple(path for _, path in _Dockerfile.read(dockerfile, args).included)


@attrs.frozen
class _Dockerfile:
    """A Dockerfile: its text with arguments filled in, and its directives by line."""

    path: str
    rendered: str
    included: tuple[tuple[int, str], ...]
    missing: tuple[tuple[int, str], ...]
    has_programs: bool

    @classmethod
    def read(cls, file: TreeFile, args: Mapping[str, str]) -> "_Dockerfile":
        included: list[tuple[int, str]] = []
        missing: list[tuple[int, str]] = []
        wanted: list[Callable[[str], str]] = []
        lines: list[str] = []
        for number, line in enumerate(_text(file).splitlines(keepends=True), start=1):
            for put in wanted:
                line = put(line)  # noqa: PLW2901 - one argument after the other
            said = _DIRECTIVE.fullmatch(line)
            if said is None:
                lines.append(line)
                if line.strip() == _PROGRAMS_LINE:
                    lines.append(_COPIES)
            elif said["name"] == "include":
                included.append((number, said["value"]))
                lines.append(line)
            elif said["value"] in args:
                wanted.append(_put(said["value"], args[said["value"]]))
            else:
                missing.append((number, said["value"]))
        programs = _COPIES in lines
        return cls(file.path, "".join(lines), tuple(included), tuple(missing), programs)

    def faults(self, tree: Tree) -> Iterator[Diagnostic]:
        """Errors in the directives, in the order of lines for each sort of directive."""
        for line, name in self.missing:
            what = f"no argument is called `{name}`"
            remedy = f"give it: `image: {{args: {{{name}: ...}}}}`"
            yield Diagnostic("T417", what, (Origin(self.path, line),), remedy=remedy)
        for line, path in self.included:
            outside = PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts
            if outside or not tree.holds(path):
                what = f"the tree has no file `{path}` to include"
                remedy = "name a file or folder that git knows, from the top of the tree"
                yield Diagnostic("T417", what, (Origin(self.path, line),), remedy=remedy)


def _text(file: TreeFile) -> str:
    try:
        return file.content.decode()
    except UnicodeDecodeError:
        what, remedy = f"`{file.path}` is not UTF-8", "write it as UTF-8"
        raise RelproError(Diagnostic("T417", what, (Origin(file.path),), remedy=remedy)) from None


def _put(name: str, value: str) -> Callable[[str], str]:
    """Replace `$NAME` or `${NAME}` in a line by the value of an argument."""
    pattern = re.compile(rf"\$(?:{re.escape(name)}\b|\{{{re.escape(name)}\}})")
    return lambda line: pattern.sub(lambda _: value, line)


def volumes_in(file: TreeFile) -> tuple[str, ...]:
    """The volumes that a Dockerfile declares."""
    return volumes_of(file.content.decode("utf-8", "replace"))


def volumes_of(dockerfile: str) -> tuple[str, ...]:
    """The paths of all `VOLUME` lines, sorted: a JSON list, or words separated by blanks."""
    found: set[str] = set()
    for line in dockerfile.splitlines():
        if said := _VOLUME.fullmatch(line.strip()):
            words = said["paths"].strip()
            if words.startswith("["):
                words = re.sub(r'[\[\]",]', " ", words)
            found.update(words.split())
    return tuple(sorted(found))
