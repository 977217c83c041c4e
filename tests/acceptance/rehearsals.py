"""Kills rehearsals of a release at random moments, runs them again, and tells what became of each.

`python -m tests.acceptance.rehearsals` takes about a minute for each kill. It exits with 1 where
the second run does not finish, where something was done twice, or where a process is left. With
`--ctrl-c` they are interrupted while they ship, as from a terminal.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click

from relpro.workers.ledger import OBJECT, STORAGE, Ledger
from tests.rehearsal.conftest import copied, first_release

#: Seconds in which what a rehearsal had started must be gone.
_GONE = 10


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--kills", default=20, show_default=True, help="How many are killed.")
@click.option("--seed", default=1, show_default=True, help="Of the moments.")
@click.option("--previous", is_flag=True, help="Kill while the release before is made.")
@click.option("--ctrl-c", is_flag=True, help="Interrupt while the release is shipped.")
def main(kills: int, seed: int, previous: bool, ctrl_c: bool) -> None:
    """Kill rehearsals, run them again, and tell what became of each."""
    chance, wrong = random.Random(seed), 0
    with tempfile.TemporaryDirectory() as place:
        root = copied(Path(place), "de") if previous else first_release(Path(place))
        folder = Path(place) / "made"
        took, said = again(root, folder)
        if said:
            raise SystemExit("\n".join(said))
        for number in range(1, kills + 1):
            shutil.rmtree(folder / "previous", ignore_errors=True)
            # The release before takes the first half, ship a fifth.
            pause = chance.uniform(
                *(0, took / 5) if ctrl_c else (1, took / 2 if previous else took)
            )
            last = (interrupted if ctrl_c else killed)(root, folder, pause)
            found = [*left_running(folder)]
            took, said = again(root, folder)
            found += said or twice(folder / "latest")
            wrong += bool(found)
            verdict = "; ".join(found) or "finished, nothing twice"
            done = "interrupted in ship" if ctrl_c else "killed"
            click.echo(f"{number}: {done} after {pause:.1f} s ({last}); again: {verdict}")
    raise SystemExit(1 if wrong else 0)


def killed(root: Path, folder: Path, seconds: float) -> str:
    """Begin a rehearsal and kill it; gives the last thing that it said."""
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(_words(root, folder), stdout=said, stderr=said)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        said.seek(0)
        return (said.read().splitlines() or ["nothing said"])[-1]


def interrupted(root: Path, folder: Path, seconds: float) -> str:
    """Begin a rehearsal and press Ctrl-C after its push has ended; gives how it ended."""
    process = subprocess.Popen(
        _words(root, folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("push: "):
                break
        time.sleep(seconds)
        # A terminal interrupts everything that runs in it.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        said = process.stderr.read().splitlines() or ["nothing more said"]
    return f"status {process.returncode}, {said[-1]}"


def again(root: Path, folder: Path) -> tuple[float, list[str]]:
    """Rehearse to the end; gives the seconds that it took, and what is wrong with how it ended."""
    began = time.monotonic()
    done = subprocess.run(_words(root, folder), capture_output=True, text=True, check=False)
    wrong = [f"status {done.returncode}: {done.stderr[-2000:]}"] if done.returncode else []
    return time.monotonic() - began, wrong


def twice(latest: Path) -> Iterator[str]:
    """What of a release was done more than once, or is not what was stated of it."""
    words = [sys.executable, "-m", "relpro", "verify", str(latest / "published")]
    verified = subprocess.run(words, capture_output=True, text=True, check=False)
    if verified.returncode:
        yield verified.stderr
    entries = Ledger(latest / "ledger").entries()
    put = Counter(one.name for one in entries if (one.service, one.sort) == (STORAGE, OBJECT))
    yield from (f"{name} was put {count} times" for name, count in put.items() if count > 1)
    git = ("git", "-C", str(latest / "repository.git"))
    tags = subprocess.check_output((*git, "tag", "--list"), text=True).split()
    bumps = subprocess.check_output((*git, "log", "--format=%s", "main"), text=True).splitlines()
    if tags.count("v1.1.0") != 1 or len(bumps) != len(set(bumps)):
        yield f"tags {tags}, commits {bumps}"


def left_running(folder: Path) -> Iterator[str]:
    """Processes that work below a folder and go on doing so."""
    until = time.monotonic() + _GONE
    while (found := list(_working(folder))) and time.monotonic() < until:
        time.sleep(0.2)
    yield from (f"left running: {words}" for words in found)


def _working(folder: Path) -> Iterator[str]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            place = (process / "cwd").readlink()
        except OSError:  # it is gone
            continue
        if folder in (place, *place.parents) or str(folder) in words:
            yield words.strip()


def _words(root: Path, folder: Path) -> list[str]:
    words = ("rehearse", "--root", str(root), "--folder", str(folder))
    return [sys.executable, "-m", "relpro", *words]


if __name__ == "__main__":
    main()
