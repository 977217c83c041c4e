import pytest

from tests.stock.chains import names, refusal, run, skipped, task


def test_every_combination_is_made_the_last_name_varying_fastest() -> None:
    made = run("matrix", "test: {matrix: {os: [linux, win], variant: [opt, 64]}}")
    assert names(made) == ["test-linux-opt", "test-linux-64", "test-win-opt", "test-win-64"]


def test_values_are_variables_that_keep_their_type() -> None:
    made = run(
        "matrix",
        'test: {matrix: {build-os: [linux], fast: [true, false]}, attributes: {os: "{build-os}",'
        ' fast: "{fast}"}}',
    )
    assert [(t.attributes["os"], t.attributes["fast"]) for t in made.tasks] == [
        ("linux", True),
        ("linux", False),
    ]
    assert [t.attributes["matrix"] for t in made.tasks] == [
        {"build-os": "linux", "fast": True},
        {"build-os": "linux", "fast": False},
    ]


def test_a_matrix_that_was_copied_from_upstream_is_added_to() -> None:
    build = task("build", "a", matrix={"os": "linux", "variant": "opt"})
    entry = "test: {from-deps: {}, matrix: {suite: [unit], variant: [debug]}}"
    (made,) = run("from_deps matrix", entry, [build]).tasks
    assert made.attributes["matrix"] == {"os": "linux", "suite": "unit", "variant": "debug"}


def test_rows_are_combinations_in_full_and_combine_with_lists() -> None:
    made = run("matrix", "t: {matrix: {rows: [{os: a, n: 1}, {os: b, n: 2}], v: [x, y]}}")
    assert names(made) == ["t-a-1-x", "t-a-1-y", "t-b-2-x", "t-b-2-y"]
    assert names(run("matrix", "t: {matrix: {rows: [{os: a}]}}")) == ["t-a"]


def test_a_list_that_is_empty_for_this_release_makes_no_task_and_says_so() -> None:
    entry = 't: {matrix: {os: [linux], v: "{partial-versions}", exclude: [{v: "1"}]}}'
    made = run("matrix", entry, parameters={"partial_versions": []})
    assert names(made) == []
    assert skipped(made) == {"kind-t": "no combination of its `matrix`: `v` is empty"}


@pytest.mark.parametrize(
    "section", ['{v: "{partial-versions}", exclude: [{v: "2"}]}', "{v: ['1'], exclude: '{none}'}"]
)
def test_an_exclusion_may_fit_nothing_of_what_a_template_makes(section: str) -> None:
    made = run(
        "matrix",
        f"t: {{matrix: {section}, attributes: {{none: [{{v: '3'}}]}}}}",
        parameters={"partial_versions": ["1"]},
    )
    assert names(made) == ["t-1"]


def test_excluded_combinations_are_skipped_with_the_reason() -> None:
    made = run("matrix", "t: {matrix: {a: [1, 2], b: [1, 2], exclude: [{a: 1, b: 2}, {a: 2}]}}")
    assert names(made) == ["t-1-1"]
    assert skipped(made) == dict.fromkeys(
        ("kind-t-1-2", "kind-t-2-1", "kind-t-2-2"), "`exclude` of its `matrix`"
    )


def test_the_name_can_be_left_to_the_entry() -> None:
    made = run("matrix", 't: {name: "{os}/opt", matrix: {os: [a, b], set-name: false}}')
    assert names(made) == ["a/opt", "b/opt"]


def test_braces_of_other_languages_are_left_alone() -> None:
    made = run("matrix", "t: {matrix: {os: [a]}, worker: {command: 'echo ${HOME} {os}'}}")
    assert made.tasks[0].definition["worker"]["command"] == "echo ${HOME} a"


def test_lists_may_depend_on_the_release() -> None:
    entry = 't: {matrix: {v: "{partial-versions}", w: {by-level: {"3": [x], default: [y]}}}}'
    made = run("matrix", entry, parameters={"partial_versions": ["1", "2"]})
    assert names(made) == ["t-1-y", "t-2-y"]


@pytest.mark.parametrize(
    ("section", "what", "path"),
    [
        ("{os: [a], exclude: [{so: a}]}", "`so` is not a name of this matrix", ("exclude", 0)),
        ("{os: a}", '`os` must be a list, got "a"', ("os",)),
        (
            "{os: [{a: 1}]}",
            "a value of `os` is a mapping, which no name of a task can hold",
            ("os",),
        ),
        (
            "{platform: []}",
            "`platform` is empty, so that the matrix has no combination",
            ("platform",),
        ),
        ("{rows: [], v: [x]}", "`rows` is empty, so that the matrix has no combination", ("rows",)),
        (
            "{os: [a, b], v: [1], exclude: [{os: a}, {os: c}]}",
            "this matches no combination, so it excludes nothing",
            ("exclude", 1),
        ),
        (
            "{os: [a], v: [1], exclude: [{os: a, v: '1'}]}",
            "this matches no combination, so it excludes nothing",
            ("exclude", 0),
        ),
        (
            "{os: [a, b], v: [1], exclude: [{os: a}, {os: b}]}",
            "this leaves no combination, and so no task",
            ("exclude",),
        ),
        ("{name: [a]}", "`name` is a variable of every task", ()),
        (
            f"{{{', '.join(f'{x}: {list(range(10))}' for x in 'abcdefg')}}}",
            "the matrix has 10,000,000 combinations, more than 100,000",
            (),
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(
    section: str, what: str, path: tuple[str | int, ...]
) -> None:
    found = refusal("matrix", f"t: {{matrix: {section}}}")
    assert found.what == what
    assert found.where[0].path == ("matrix", *path)


def test_values_that_no_name_can_hold_are_taken_where_the_name_is_left_alone() -> None:
    made = run("matrix", "t: {matrix: {of: [[a, b]], set-name: false}, extra: {all: '{of}'}}")
    assert names(made) == ["t"]
