"""`relpro why` and `relpro why-not`, as people use them."""

import subprocess
import sys
from pathlib import Path

import pytest

CHOOSE = "transforms.certificate.choose_certificate"
NOTES = Path(__file__).parents[1] / "adopter" / "repo"


def _relpro(*words: str) -> tuple[int, str, str]:
    """A process of its own: the project has transforms of the same name as ours."""
    command = [sys.executable, "-m", "relpro", *words, "-p", "tests/release.yml"]
    done = subprocess.run(command, cwd=NOTES, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (
            ("why", "signing-win64", "--phase", "promote"),
            ["signing-win64 is created", "  kept: phase promote targets it"],
        ),
        (
            ("why", "app-win64", "--phase", "ship", "--fresh"),
            [
                "app-win64 is created",
                "  kept: needed by l10n-win64-1, which phase ship targets",
                "    1 more task needs it directly",
            ],
        ),
        (
            ("why-not", "beta-notes-notes", "--phase", "promote"),
            [
                "beta-notes-notes is not in the graph",
                "  not made: `only-when`: `release-type` is `release`",
                "  it would be created with: --param release_type=beta",
            ],
        ),
        (
            ("why", "signing-win64", "worker.signing-type", "--phase", "promote"),
            [
                "worker.signing-type = release-signing",
                "  kinds/promote/signing.yml:10:7: the kind: none",
                f"  transforms/certificate.py:6: transform `{CHOOSE}`: release-signing",
            ],
        ),
    ],
)
def test_the_answer_is_short_and_names_the_cause(words: tuple[str, ...], lines: list[str]) -> None:
    assert _relpro(*words) == (0, "\n".join([*lines, ""]), "")


@pytest.mark.parametrize("command", ["why", "why-not"])
def test_an_unknown_label_is_an_error_that_suggests_one(command: str) -> None:
    code, out, err = _relpro(command, "signing-win46", "--phase", "promote")
    assert (code, out) == (2, "")
    assert (
        err
        == "error[O604]: no task is called `signing-win46`\nhelp: did you mean `signing-win64`?\n"
    )


def test_a_reused_task_is_told_from_an_absent_one() -> None:
    _, out, _ = _relpro("why-not", "app-win64", "--phase", "promote")
    assert out.startswith("app-win64 exists and is not created\n  reused: task ")
