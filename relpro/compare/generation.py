"""Takes a tree and a request, gives the graph that the tree's own relpro makes.

Each generation runs in its own process, since trees may differ in transforms and in relpro itself.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from relpro.errors import Diagnostic, Refused, RelproError
from relpro.graph.files import encode, read_json
from relpro.graph.taskgraph import TaskGraph


@attrs.frozen
class Tree:
    """A project at `root`; `top` is the top folder of the checkout, `name` is for people."""

    root: Path
    top: Path
    name: str


@attrs.frozen
class Request:
    """What to generate: a stage, arguments of `relpro graph`, and parameters."""

    title: str
    stage: str
    arguments: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = attrs.field(factory=dict, repr=False)

    @property
    def existing_tasks(self) -> Mapping[str, str]:
        """Label -> task id, as recorded in the parameters."""
        found: Mapping[str, str] = self.parameters.get("existing_tasks", {})
        return found


@attrs.frozen
class Generation:
    """A running generation. Its output goes to files in `folder`."""

    tree: Tree
    folder: Path
    process: "subprocess.Popen[bytes]"

    @classmethod
    def start(cls, tree: Tree, request: Request, folder: Path) -> "Generation":
        """Start to generate; `folder` is empty and must exist until `graph` has been read."""
        # Without -P, a `yaml.py` in the tree would be imported instead of the library.
        command = [sys.executable, "-P", "-m", "relpro", "graph", "--format", "json"]
        command += ["--stage", request.stage, *request.arguments]
        folder.mkdir(parents=True)
        if request.parameters:
            (folder / "parameters.json").write_bytes(encode(request.parameters))
            command += ["--parameters", str(folder / "parameters.json")]
        with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
            process = subprocess.Popen(
                command,
                cwd=tree.root,
                env=_environment(tree, folder),
                # Input from the terminal is for the command that the user started.
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
        return cls(tree, folder, process)

    def graph(self) -> TaskGraph:
        """Wait for the graph.

        Raises `RelproError` (Q711), or `Refused`, with the process's messages.
        """
        code = self.process.wait()
        if code == 0:
            return read_json((self.folder / "out").read_bytes(), f"graph of {self.tree.name}")
        said = (self.folder / "err").read_text(errors="replace").strip()
        error = Refused if code == Refused.exit_code else RelproError
        raise error(
            Diagnostic("Q711", f"the graph of {self.tree.name} cannot be generated", why=said)
        )

    @property
    def doubts(self) -> str:
        """The warnings of the process, which are printed last."""
        said = (self.folder / "err").read_text(errors="replace")
        _, found, rest = f"\n{said}".partition("\nwarning[")
        return f"{found}{rest}".strip()

    def stop(self) -> None:
        """Terminate the process if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


#: The environment variables that a generation gets: those that programs, files and messages need,
#: and nothing else. Kinds are code, a revision may be anybody's, and other variables hold tokens.
_TOLD = frozenset(
    {
        *("HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL", "SYSTEMROOT", "TEMP", "TERM"),
        *("TMP", "TMPDIR", "TZ", "USER", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "PYTHONHASHSEED"),
    }
)


def _environment(tree: Tree, folder: Path) -> dict[str, str]:
    """The environment of a generation, which uses the tree's own relpro if there is one."""
    # An empty name means Python's current folder, which for the child is the tree.
    said = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    path = [str(Path(name).absolute()) for name in said]
    if (tree.top / "relpro" / "__main__.py").is_file():
        # Nothing else of the top folder may be imported, such as a file with a library's name.
        own = folder / "path"
        own.mkdir()
        (own / "relpro").symlink_to(tree.top / "relpro", target_is_directory=True)
        path.insert(0, str(own))
    told = {
        name: value for name, value in os.environ.items() if name in _TOLD or name.startswith("LC_")
    }
    # Nothing is written into the user's tree.
    return {**told, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": os.pathsep.join(path)}
