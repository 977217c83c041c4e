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

from relpro.fork import LARGE, on_two_processors
from relpro.values.merge import merged
from tests.performance import ours
from tests.performance.shape import Shape

CAN_FORK = sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1


def run(program: str) -> str:
    """What a program prints that runs by itself: under tests there may be threads."""
    words = [sys.executable, "-c", f"{_START}\n{textwrap.dedent(program)}"]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


_START = f"""
import os, time
from functools import partial
from relpro.fork import on_two_processors
large = partial(on_two_processors, size={LARGE})
mine = os.getpid()
"""


def test_large_work_runs_in_two_processes_where_there_are_two_processors() -> None:
    processes = run("print(len({*large(lambda _: time.sleep(.1) or os.getpid(), range(4))}))")
    assert processes == str(1 + CAN_FORK)


def test_small_work_runs_in_one_process() -> None:
    found = on_two_processors(lambda _: os.getpid(), range(4), size=LARGE - 1)
    assert found == [os.getpid()] * 4


@pytest.mark.parametrize("parts", [0, 1, 2, 3, 100])
def test_results_are_in_the_order_of_the_parts(parts: int) -> None:
    assert run(f"print(large(lambda part: part + 1, range({parts})))") == str(
        [*range(1, parts + 1)]
    )


@pytest.mark.parametrize("slow", ["==", "!="])
def test_a_process_that_is_slow_does_less(slow: str) -> None:
    program = f"""
        def work(_):
            time.sleep(.05 if os.getpid() {slow} mine else .001)
            return os.getpid() == mine
        print(large(work, range(20)).count(True))"""
    done_here = int(run(program))
    assert not CAN_FORK or (done_here < 5 if slow == "==" else done_here > 15)


def test_a_process_with_threads_does_not_fork() -> None:
    program = """
        import threading
        wait = threading.Event()
        threading.Thread(target=wait.wait).start()
        print({*large(lambda _: os.getpid(), range(4))} == {mine})
        wait.set()"""
    assert run(program) == "True"


@pytest.mark.parametrize("call", ["fork", "memfd_create"])
def test_a_system_that_allows_no_fork_is_done_without(call: str) -> None:
    program = f"""
        def refused(*_):
            raise BlockingIOError
        os.{call} = refused
        print(large(str, range(4)))"""
    assert run(program) == "['0', '1', '2', '3']"


def test_what_the_fork_raises_is_raised_here() -> None:
    program = """
        def work(part):
            if part:
                return 1 / 0
            time.sleep(.1)
        try:
            large(work, range(2))
        except ZeroDivisionError as error:
            print(error.__traceback__ is not None)"""
    assert run(program) == "True"


@pytest.mark.parametrize("fate", ["os.kill(os.getpid(), 9)", "os._exit(0)", "(lambda: 1)"])
@pytest.mark.parametrize("children", ["SIG_DFL", "SIG_IGN"])
def test_what_a_fork_could_not_give_is_done_here(fate: str, children: str) -> None:
    program = f"""
        import signal
        signal.signal(signal.SIGCHLD, signal.{children})
        def work(part):
            if os.getpid() != mine:
                return {fate}
            time.sleep(.1 * (1 - part))
            return part
        print(large(work, range(2)))"""
    assert run(program) == "[0, 1]"


@pytest.mark.skipif(not CAN_FORK, reason="there is one processor, so there is no fork")
def test_nothing_is_left_running_when_one_is_interrupted() -> None:
    program = """
def work(_):
    if os.getpid() != mine:
        print(os.getpid(), flush=True)
    time.sleep(60)
large(work, range(2))"""
    process = subprocess.Popen(
        [sys.executable, "-c", _START + program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    child = int(process.stdout.readline())
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
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


ALONE = pytest.mark.skipif(
    not CAN_FORK, reason="there is one processor, and nothing to compare it with"
)


@ALONE
@pytest.mark.parametrize("fault", FAULTS)
def test_one_processor_finds_what_two_find(fault: str, tmp_path: Path) -> None:
    ours.write(Shape.of(LARGE + 500), tmp_path)
    for name, added in FAULTS[fault].items():
        (path,) = tmp_path.glob(f"kinds/*/{name}.yml")
        kind = json.loads(path.read_text())
        path.write_text(json.dumps(merged(kind, {"task-defaults": added})))
    said = [_graph(tmp_path, processors, code=2).stderr for processors in (1, 2)]
    assert said[0] == said[1]
    assert all(name in said[0] for name in FAULTS[fault])


@ALONE
def test_one_processor_makes_what_two_make(tmp_path: Path) -> None:
    shape = Shape.of(LARGE + 500)
    ours.write(shape, tmp_path)
    made = [_graph(tmp_path, processors).stdout for processors in (1, 2)]
    assert made[0] == made[1]
    assert len(json.loads(made[0])) == shape.size


def _graph(folder: Path, processors: int, code: int = 0) -> subprocess.CompletedProcess[str]:
    """`relpro graph`, on so many processors, that ends with a code."""
    some = sorted(os.sched_getaffinity(0))[:processors]
    program = f"""
import os, sys
os.sched_setaffinity(0, {some})
sys.argv = ["relpro", "graph", "-p", "params.json", "-f", "json"]
from relpro.cli import main
main()"""
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False
    )
    assert ran.returncode == code, ran.stderr
    return ran
