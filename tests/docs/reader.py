"""Takes the steps of a page, does what its reader would do, compares what is printed."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import attrs

from tests.docs.pages import Run, Write

#: A reader whose commits are always the same ones, and whose machine knows no Taskcluster.
_ENVIRONMENT = {
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    "HOME": "/nonexistent",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "Reader",
    "GIT_AUTHOR_EMAIL": "reader@example.com",
    "GIT_AUTHOR_DATE": "2000-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "Reader",
    "GIT_COMMITTER_EMAIL": "reader@example.com",
    "GIT_COMMITTER_DATE": "2000-01-01T00:00:00Z",
}


@attrs.define
class Reader:
    """Somebody who follows a page in `folder`, with variables that other steps have given."""

    folder: Path
    variables: Mapping[str, str] = attrs.field(factory=dict)

    def take(self, step: Write | Run) -> None:
        """Do one step; fails where the page promised another output."""
        if isinstance(step, Write):
            path = self.folder / step.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text, encoding="utf-8")
        elif step.command.startswith("cd "):
            self.folder /= step.command.removeprefix("cd ")
        else:
            printed = self.run(step.command)
            assert step.fits(printed), f"$ {step.command}\n{printed}\n--- not ---\n{step.output}"

    def run(self, command: str) -> str:
        """What a command prints, errors and all, in their order."""
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env={**_ENVIRONMENT, **self.variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            text=True,
        )
        return done.stdout
