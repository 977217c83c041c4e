"""`relpro why` and `relpro why-not`, as people use them."""

import pytest

from tests.explain.conftest import Answer

RULE = (
    "`run-on-projects`: it does not run on project `main`, only on `try`;"
    " nothing that is targeted needs it"
)
CHOOSE = "transforms.certificate.choose_certificate"


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
                "  needed by `l10n-win64-1`, `signing-win64`",
            ],
        ),
        (
            ("why", "lint-sources", "--phase", "build"),
            [
                "lint-sources is not in the graph",
                f"  not targeted: target method `default` leaves it out by {RULE}",
                "  `relpro why-not lint-sources` seeks what would bring it back",
            ],
        ),
        (
            ("why-not", "beta-notes-notes", "--phase", "promote"),
            [
                "beta-notes-notes is not in the graph",
                "  not made: `only-when`: `release-type` is `release`",
                "    kinds/promote/beta-notes.yml:5:17: asks for `release-type` to be `beta`",
                "  it would be created with: --param release_type=beta",
            ],
        ),
        (
            ("why-not", "signing-win64", "--phase", "promote"),
            ["signing-win64 is in the graph", "  kept: phase promote targets it"],
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
def test_the_answer_is_short_and_names_the_cause(
    answer: Answer, words: tuple[str, ...], lines: list[str]
) -> None:
    assert answer(*words) == (0, "\n".join([*lines, ""]), "")


@pytest.mark.parametrize("command", ["why", "why-not"])
def test_an_unknown_label_is_an_error_that_suggests_one(answer: Answer, command: str) -> None:
    code, out, err = answer(command, "signing-win46", "--phase", "promote")
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        "error[O604]: no task is called `signing-win46`",
        "help: did you mean `signing-win64`?",
    ]


def test_a_label_of_a_known_kind_suggests_another_of_it(answer: Answer) -> None:
    _, _, err = answer("why", "l10n-of-something-else", "--phase", "promote")
    assert "did you mean `l10n-linux64-1`?" in err


def test_the_value_of_an_unknown_label_is_an_error(answer: Answer) -> None:
    code, _, err = answer("why", "signing-win46", "payload", "--phase", "promote")
    assert code == 2
    assert "no task is called `signing-win46`" in err


def test_a_reused_task_is_told_from_an_absent_one(answer: Answer) -> None:
    _, out, _ = answer("why-not", "app-win64", "--phase", "promote")
    assert out.startswith("app-win64 exists and is not created\n  reused: the earlier phases ")
