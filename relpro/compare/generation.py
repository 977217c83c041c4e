"""Takes a tree and what to generate, gives the graph that the tree's own relpro makes of it.

Each generation is a process of its own: trees may differ in transforms and in relpro itself.
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
    """A project at `root`; `top` is the top folder of the checkout, `name` what people call it."""

    root: Path
    top: Path
    name: str


@attrs.frozen
class Request:
    """What to generate: a stage, the arguments of `relpro graph` that say of what, parameters."""

    title: str
    stage: str
    arguments: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = attrs.field(factory=dict, repr=False)

    @property
    def existing_tasks(self) -> Mapping[str, str]:
        """Label -> id of the tasks that the parameters record."""
        found: Mapping[str, str] = self.parameters.get("existing_tasks", {})
        return found


@attrs.frozen
class Generation:
    """A generation under way. What it says goes to files in `folder`."""

    tree: Tree
    folder: Path
    process: "subprocess.Popen[bytes]"

    @classmethod
    def start(cls, tree: Tree, request: Request, folder: Path) -> "Generation":
        """Start to generate; `folder` is an empty one that stays until `graph` has been read."""
        # Without -P, a `yaml.py` in the tree would be imported in place of the library.
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
                # What somebody types is for the command that they have started.
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
        return cls(tree, folder, process)

    def graph(self) -> TaskGraph:
        """Wait for the graph. Raises `RelproError` (Q711), or `Refused`, with what it said."""
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
        """What it said that may be a mistake, and stopped nothing; it is told last."""
        said = (self.folder / "err").read_text(errors="replace")
        _, found, rest = f"\n{said}".partition("\nwarning[")
        return f"{found}{rest}".strip()

    def stop(self) -> None:
        """End the process if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


#: What a generation is told of the environment: what programs, files and words need, and nothing
#: else. Kinds are code: a revision may be anybody's, and the rest holds tokens.
_TOLD = frozenset(
    {
        *("HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL", "SYSTEMROOT", "TEMP", "TERM"),
        *("TMP", "TMPDIR", "TZ", "USER", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "PYTHONHASHSEED"),
    }
)


def _environment(tree: Tree, folder: Path) -> dict[str, str]:
    """The environment of a generation, in which the relpro of a tree is used where it has one."""
    # An empty name is the folder that Python is started in, which for the child is the tree.
    said = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    path = [str(Path(name).absolute()) for name in said]
    if (tree.top / "relpro" / "__main__.py").is_file():
        # Of the top folder nothing else is to be found, as a library might be by a file's name.
        own = folder / "path"
        own.mkdir()
        (own / "relpro").symlink_to(tree.top / "relpro", target_is_directory=True)
        path.insert(0, str(own))
    told = {
        name: value for name, value in os.environ.items() if name in _TOLD or name.startswith("LC_")
    }
    # Nothing is left behind in the user's tree.
    return {**told, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": os.pathsep.join(path)}
