"""Work that is done at the same time gives what it gives one after the other."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from relpro.fork import LARGE, both
from relpro.stock.define import merged
from tests.performance import ours
from tests.performance.shape import Shape

CAN_FORK = sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1


def run(program: str) -> str:
    """What a program prints that runs by itself: under tests there may be threads."""
    words = [sys.executable, "-c", f"import os\nfrom relpro.fork import both\n{program}"]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


def test_large_work_runs_in_two_processes_where_there_are_two_processors() -> None:
    apart = run(f"here, there = both(os.getpid, os.getpid, size={LARGE})\nprint(here != there)")
    assert apart == str(CAN_FORK)


def test_small_work_runs_in_one_process() -> None:
    assert both(os.getpid, os.getpid, size=LARGE - 1) == (os.getpid(), os.getpid())


def test_a_process_with_threads_does_not_fork() -> None:
    program = f"""
import threading
wait = threading.Event()
threading.Thread(target=wait.wait).start()
print(both(os.getpid, os.getpid, size={LARGE}) == (os.getpid(), os.getpid()))
wait.set()"""
    assert run(program) == "True"


def test_what_the_fork_raises_is_raised_here() -> None:
    program = f"""
try:
    both(lambda: 1, lambda: 1 / 0, size={LARGE})
except ZeroDivisionError as error:
    print(error.__traceback__ is not None)"""
    assert run(program) == "True"


@pytest.mark.parametrize("fate", ["os.kill(os.getpid(), 9)", "os._exit(0)", "(lambda: 1)"])
def test_what_a_fork_could_not_give_is_done_here(fate: str) -> None:
    program = f"""
mine = os.getpid()
print(both(lambda: 1, lambda: 2 if os.getpid() == mine else {fate}, size={LARGE}))"""
    assert run(program) == "(1, 2)"


@pytest.mark.skipif(not CAN_FORK, reason="there is one processor, so there is no fork")
def test_nothing_is_left_running_when_one_is_interrupted() -> None:
    program = textwrap.dedent(f"""
        import os, time
        from relpro.fork import both
        def there():
            print(os.getpid(), flush=True)
            time.sleep(60)
        both(lambda: time.sleep(60), there, size={LARGE})""")
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    child = int(process.stdout.readline())
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert said.count("Traceback") == 1
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


#: What goes wrong -> kind, of one task -> what is added to its defaults.
FAULTS: dict[str, dict[str, dict[str, Any]]] = {
    "in the graph": {
        "push": {"extra": {"a": {"task-reference": "<nobody>"}}},
        "ship": {"expires-after": "1 hour"},
    },
    "in the bodies": {
        "push": {"scopes": ["queue:**"]},
        "ship": {"routes": ["a" * 300]},
    },
}


@pytest.mark.skipif(not CAN_FORK, reason="there is one processor, and nothing to compare it with")
@pytest.mark.parametrize("fault", FAULTS)
def test_one_processor_finds_what_two_find(fault: str, tmp_path: Path) -> None:
    ours.write(Shape.of(LARGE + 500), tmp_path)
    for name, added in FAULTS[fault].items():
        (path,) = tmp_path.glob(f"kinds/*/{name}.yml")
        kind = json.loads(path.read_text())
        path.write_text(json.dumps(merged(kind, {"task-defaults": added})))
    said = [_graph(tmp_path, processors) for processors in (1, 2)]
    assert said[0] == said[1]
    assert all(name in said[0] for name in FAULTS[fault])


def _graph(folder: Path, processors: int) -> str:
    """What `relpro graph` says on standard error, on so many processors."""
    some = sorted(os.sched_getaffinity(0))[:processors]
    program = f"""
import os, sys
os.sched_setaffinity(0, {some})
sys.argv = ["relpro", "graph", "-p", "params.json"]
from relpro.cli import main
main()"""
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2, ran.stderr
    return ran.stderr
