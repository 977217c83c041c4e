"""What brings an absent label back, rule by rule."""

from collections.abc import Callable

import pytest

from relpro.explain.reasons import Reasons
from relpro.explain.remedies import Search, seek_remedy, words_of
from relpro.explain.report import reason_lines, remedy_line
from relpro.pipeline import Pipeline
from tests.explain.conftest import NOTES, Edits

LINT = "kinds/build/lint.yml"
CONFIG = "kinds/config.yml"
SIGN = "kinds/promote/signing.yml"
BETA = "kinds/promote/beta-notes.yml"
DEFAULT = "default: {phases: [build, null], filters: "
PROMOTE = "promote_notes: {phases: [promote], "
SIGN_TASK = "description: 'Sign {"
OTHER = "shipping-product: notes-web"
ALWAYS = "optimization: {always: null}\n    "


@pytest.mark.parametrize(
    ("edits", "phase", "label", "words"),
    [
        (
            {LINT: ("run-on-projects: [try]", "optimization: {always: null}")},
            "build",
            "lint-sources",
            "--param do_not_optimize='[\"lint-sources\"]'",
        ),
        (
            {
                LINT: ("[try]", "[trunk]"),
                CONFIG: ("release-branches", "project-aliases: {trunk: [next]}\nrelease-branches"),
            },
            "build",
            "lint-sources",
            "--param project=next",
        ),
        (
            {
                CONFIG: (f"{DEFAULT}[run-on-projects]", f"{DEFAULT}[run-on-tasks-for]"),
                LINT: ("run-on-projects: [try]", "run-on-tasks-for: [cron]"),
            },
            "build",
            "lint-sources",
            "--param tasks_for=cron",
        ),
        (
            {
                CONFIG: (f"{PROMOTE}match-product: true", f"{PROMOTE}match-any: {{own: message}}"),
                SIGN: (SIGN_TASK, f"attributes: {{own: '{{name}}'}}\n    {SIGN_TASK}"),
            },
            "promote",
            "signing-win64",
            "--param message=win64",
        ),
        (
            {BETA: ("release-type: [beta]", "build-number: [2]")},
            "promote",
            "beta-notes-notes",
            "--param build_number='2'",
        ),
        (
            {BETA: ("release-type: [beta]", "release-type: [alpha|beta], level: ['3']")},
            "promote",
            "beta-notes-notes",
            "--param release_type=alpha",
        ),
    ],
)
def test_the_rule_says_what_may_help_and_generating_that_it_does(
    edited: Callable[..., Pipeline], edits: Edits, phase: str, label: str, words: str
) -> None:
    reasons = Reasons(edited(edits, phase, tasks_for="hg-push"))
    remedy = seek_remedy(reasons, label).found
    assert remedy is not None
    assert words_of(remedy) == words
    assert remedy_line(Search(remedy)) == f"it would be created with: {words}"
    assert Reasons(remedy.apply(reasons.pipeline)).of(label).fate == "created"


def test_a_product_of_another_release_is_told(edited: Callable[..., Pipeline]) -> None:
    flavor = "phase: promote, product: notes-web, target-tasks-method: promote_notes"
    edits = {
        CONFIG: ("  flavors:", f"  flavors:\n    promote_web: {{{flavor}}}"),
        BETA: ("only-when: {release-type: [beta]}\n    shipping-product: notes", OTHER),
    }
    reasons = Reasons(edited(edits, "promote"))
    remedy = seek_remedy(reasons, "beta-notes-notes").found
    assert remedy is not None
    assert words_of(remedy) == "--product notes-web"


def test_where_nothing_helps_that_is_said(edited: Callable[..., Pipeline]) -> None:
    edits = {BETA: ("release-type: [beta]", "release-level: [staging]")}
    reasons = Reasons(edited(edits, "promote"))
    assert seek_remedy(reasons, "beta-notes-notes").found is None
    assert remedy_line(Search(None)).startswith("no change of one or two parameters was found")


def test_a_remedy_with_which_there_is_no_graph_is_told_with_its_reason(
    edited: Callable[..., Pipeline],
) -> None:
    edits = {BETA: ("release-type: [beta]", "release-product: [unknown]")}
    search = seek_remedy(Reasons(edited(edits, "promote")), "beta-notes-notes")
    assert search.found is None
    line = remedy_line(search)
    assert line.startswith("with --param release_product=unknown there would be no graph: ")
    assert "`unknown`" in line.partition("no graph: ")[2]


def test_what_a_condition_hangs_on_is_told_with_file_and_line(
    edited: Callable[..., Pipeline],
) -> None:
    edits = {
        CONFIG: (
            "variables:\n",
            "variables:\n  is-early: {by-release-type: {beta: true, default: false}}\n",
        ),
        BETA: ("release-type: [beta]", "is-early: [true]"),
    }
    reasons = Reasons(edited(edits, "promote"))
    lines = list(reason_lines(reasons, reasons.of("beta-notes-notes")))
    place = next(line for line in lines if "asks for" in line)
    assert lines[0] == "not made: `only-when`: `is-early` is `false`"
    assert place.startswith("  kinds/promote/beta-notes.yml:")
    assert place.endswith(": asks for `is-early` to be `true`")
    assert lines[2].endswith(": `is-early` hangs on `release-type`, which is `release`")
    remedy = seek_remedy(reasons, "beta-notes-notes").found
    assert remedy is not None
    assert words_of(remedy) == "--param release_type=beta"


def test_a_task_that_nobody_needs_any_more_names_those_who_would(
    edited: Callable[..., Pipeline],
) -> None:
    edits = {
        "kinds/promote/l10n.yml": ("description: 'Pack", f"{ALWAYS}description: 'Pack"),
        SIGN: (SIGN_TASK, f"{ALWAYS}{SIGN_TASK}"),
    }
    pipeline = edited(edits, "promote", existing_tasks={"unrelated": "A" * 22})
    reasons = Reasons(pipeline)
    lines = list(reason_lines(reasons, reasons.of("app-linux64")))
    assert lines[0] == "optimized away: `not-needed`: nothing that is made needs it"
    assert lines[1:] == [
        "  l10n-linux64-1, which needs it, is not made",
        "  l10n-linux64-2, which needs it, is not made",
        "  signing-linux64, which needs it, is not made",
    ]


SKIPS = '''"""Leaves out what nobody asks for, and says what would."""

from relpro import Skipped, each, expand, whole


def refused(ctx, task):
    asked = ctx.parameters["message"]
    given = {"message": "urgent"} if task.name == "linux64" else {}
    return task if asked else Skipped(task.name, "nobody asks", "", given)


def together(ctx, tasks):
    for task in tasks:
        yield refused(ctx, task)


def apart(ctx, draft):
    yield refused(ctx, draft)


transforms = (MODE,)
'''


@pytest.mark.parametrize("mode", ["expand(apart)", "each(refused)", "whole(together)"])
def test_a_transform_may_say_with_which_parameters_it_makes_a_task(
    edited: Callable[..., Pipeline], mode: str
) -> None:
    certificate = "transforms/certificate.py"
    edits = {
        certificate: ((NOTES / certificate).read_text(), SKIPS.replace("MODE", mode)),
        "kinds/ship/store.yml": ("name: notes", "name: notes\n    only-when: {level: ['9']}"),
    }
    reasons = Reasons(edited(edits, "promote", message=""))
    search = seek_remedy(reasons, "signing-linux64")
    assert remedy_line(search) == "it would be created with: --param message=urgent"
    assert search.found is not None
    assert Reasons(search.found.apply(reasons.pipeline)).of("signing-linux64").fate == "created"
    assert seek_remedy(reasons, "signing-win64").found is None


def test_a_pattern_is_not_given_as_a_value(edited: Callable[..., Pipeline]) -> None:
    edits = {
        "kinds/ship/store.yml": ("name: notes", "name: notes\n    only-when: {message: ['.+x']}")
    }
    search = seek_remedy(Reasons(edited(edits, "ship")), "store-notes")
    assert search.found is None
