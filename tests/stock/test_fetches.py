import json
from typing import Any

import pytest

from relpro.model.task import Task
from tests.stock.chains import refusal, run, task


def fetching(section: str, upstream: list[Task], worker: str = "{}") -> Task:
    entry = f"t: {{worker: {worker}, from-deps: {{kinds: [build]}}, fetches: {section}}}"
    (made,) = run("from_deps fetches", entry, upstream).tasks
    return made


def listed(made: Task) -> Any:
    return json.loads(made.definition["worker"]["env"]["MOZ_FETCHES"]["task-reference"])


BUILD = task("build", "linux", ["public/build/target.tar.gz", "public/logs/"])
TOOL = task(
    "toolchain",
    "linux64-clang-18",
    toolchain_artifact="public/build/clang.tar.zst",
    toolchain_alias=["clang", "toolchain-llvm"],
)


def test_artifacts_of_an_edge_are_looked_for_under_the_upstream_prefix() -> None:
    made = fetching("{build: [target.tar.gz]}", [BUILD])
    assert listed(made) == [
        {"artifact": "public/build/target.tar.gz", "extract": True, "task": "<build>"}
    ]
    assert made.dependencies == {"build": "build-linux"}
    assert made.definition["scopes"] == ()


def test_an_artifact_may_say_where_it_goes_and_be_written_in_full() -> None:
    made = fetching("{build: [{artifact: /public/logs/a.txt, extract: false, dest: d}]}", [BUILD])
    assert listed(made) == [
        {"artifact": "public/logs/a.txt", "extract": False, "task": "<build>", "dest": "d"}
    ]


@pytest.mark.parametrize("name", ["linux64-clang-18", "clang", "llvm"])
def test_a_task_of_a_kind_is_found_by_its_name_or_an_alias(name: str) -> None:
    made = fetching(f"{{toolchain: [{name}]}}", [BUILD, TOOL])
    label = "toolchain-linux64-clang-18"
    assert listed(made) == [
        {"artifact": "public/build/clang.tar.zst", "extract": True, "task": f"<{label}>"}
    ]
    assert made.dependencies == {"build": "build-linux", label: label}


def test_a_name_wins_over_the_alias_of_another_task() -> None:
    twin = task("toolchain", "clang", toolchain_artifact="public/x")
    made = fetching("{toolchain: [clang]}", [BUILD, twin, TOOL])
    assert "toolchain-clang" in made.dependencies


def test_artifacts_that_are_not_public_give_a_scope_each() -> None:
    private = task("build", "linux", artifact_prefix="releng/partner")
    made = fetching("{build: [a/b.zip, {artifact: a/b.zip, dest: d}, c.zip]}", [private])
    assert made.definition["scopes"] == (
        "queue:get-artifact:releng/partner/a/b.zip",
        "queue:get-artifact:releng/partner/c.zip",
    )


def test_the_environment_of_the_worker_is_kept() -> None:
    made = fetching("{build: [target.tar.gz]}", [BUILD], "{env: {A: b, MOZ_FETCHES_DIR: here}}")
    env = made.definition["worker"]["env"]
    assert (env["A"], env["MOZ_FETCHES_DIR"]) == ("b", "here")
    made = fetching("{build: [target.tar.gz]}", [BUILD])
    assert made.definition["worker"]["env"]["MOZ_FETCHES_DIR"] == "fetches"


def test_templates_in_fetches_are_those_of_the_task() -> None:
    upstream = [task("build", "linux", chunk_locales=["de"])]
    entry = 't: {from-deps: {}, per-locale: {}, fetches: {build: ["{locale}/a.zip"]}}'
    (made,) = run("from_deps per_locale fetches", entry, upstream).tasks
    assert listed(made)[0]["artifact"] == "public/build/de/a.zip"


@pytest.mark.parametrize(
    ("section", "what", "remedy"),
    [
        ("{biuld: [a]}", "`biuld` is not an edge of the task, nor a kind-dependency",
         "did you mean `build`?"),
        ("{toolchain: [clagn]}", "`clagn` is not a task of kind `toolchain`",
         "did you mean `clang`?"),
        ("{build: [target.tar.bz]}",
         "the task of `build` makes no artifact `public/build/target.tar.bz`",
         "did you mean `public/build/target.tar.gz`?"),
        ("{toolchain: [bare]}", "`toolchain-bare` does not say what it makes",
         "give it the attribute `toolchain-artifact`"),
        ("{build: [target.tar.gz, {artifact: target.tar.gz, extract: false, dest: .}]}",
         "`target.tar.gz` is fetched twice", "remove one of them"),
        ("{build: [target.tar.gz], toolchain: [twin]}",
         "`target.tar.gz` is fetched of `build-linux` and of `toolchain-twin`",
         "give one of them a folder of its own: `dest: ...`"),
    ],
)  # fmt: skip
def test_what_cannot_be_fetched_is_an_error_at_the_task(
    section: str, what: str, remedy: str
) -> None:
    entry = f"t: {{from-deps: {{kinds: [build]}}, fetches: {section}}}"
    twin = task("toolchain", "twin", toolchain_artifact="public/build/target.tar.gz")
    upstream = [BUILD, TOOL, task("toolchain", "bare"), twin]
    found = refusal("from_deps fetches", entry, upstream)
    assert (found.code, found.what, found.remedy) == ("T412", what, remedy)
    assert found.context == "task `linux` of kind `kind`"
    assert found.where[0].path[0] == "fetches"


def test_variables_of_another_type_than_a_mapping_are_refused() -> None:
    entry = "t: {worker: {env: '{version}'}, from-deps: {kinds: [build]}, fetches: {build: [a]}}"
    built = task("build", "linux", ["public/build/a"])
    found = refusal("from_deps fetches", entry, [built])
    assert found.what.startswith("`env` of `worker` must be a mapping, and is rendered to ")
    assert (found.code, found.where[0].path) == ("T412", ("worker", "env"))


def test_a_task_that_fetches_nothing_stays_as_it_is() -> None:
    (made,) = run("fetches", "t: {worker: {a: b}}", [TOOL]).tasks
    assert made.definition["worker"] == {"a": "b"}
    assert made.dependencies == {}


def own_kind(entries: str) -> dict[str, Task]:
    made = run("fetches", entries, [BUILD], kind="toolchain").tasks
    return {one.name: one for one in made}


def test_a_declared_edge_is_an_edge() -> None:
    entry = "t: {dependencies: {app: build-linux}, fetches: {app: [target.tar.gz]}}"
    (made,) = run("fetches", entry, [BUILD]).tasks
    assert [item["task"] for item in listed(made)] == ["<app>"]
    assert made.dependencies == {"app": "build-linux"}


def test_a_task_fetches_from_tasks_of_its_own_kind() -> None:
    made = own_kind("""
gcc: {attributes: {toolchain-artifact: public/build/gcc.zip, toolchain-alias: cc}}
clang: {fetches: {toolchain: [cc]}}
rust: {dependencies: {compiler: toolchain-gcc}, fetches: {compiler: [gcc.zip]}}
""")
    label = "toolchain-gcc"
    assert made["clang"].dependencies == {label: label}
    assert listed(made["clang"])[0]["task"] == f"<{label}>"
    assert made["rust"].dependencies == {"compiler": label}
    assert listed(made["rust"])[0]["artifact"] == "public/build/gcc.zip"


def test_an_edge_to_a_kind_that_is_not_declared_is_refused() -> None:
    entry = "t: {dependencies: {app: other-x}, fetches: {app: [a.zip]}}"
    found = refusal("fetches", entry, [BUILD])
    assert found.what == "`app` leads to `other-x`, a task of no kind that this kind depends on"
    assert found.remedy == "add its kind to `kind-dependencies`"


def test_an_alias_of_two_tasks_is_refused_where_it_is_asked_for() -> None:
    twin = task("toolchain", "clang-19", toolchain_artifact="public/x", toolchain_alias="clang")
    entry = "t: {fetches: {toolchain: [clang]}}"
    found = refusal("fetches", entry, [TOOL, twin])
    assert found.what == (
        "`clang` is an alias of `toolchain-linux64-clang-18` and `toolchain-clang-19`"
    )
    assert "fetch one of them by its name, `linux64-clang-18`" in found.remedy
    assert found.where[0].path == ("fetches", "toolchain", 0)
    run("fetches", "t: {fetches: {toolchain: [clang-19]}}", [TOOL, twin])


def test_what_no_task_of_an_entry_can_fetch_is_said_once() -> None:
    entry = "t: {from-deps: {group-by: platform}, fetches: {build: [lost.zip]}}"
    builds = [
        task("build", name, ["public/build/a"], build_platform=name) for name in ("linux", "win")
    ]
    found = refusal("from_deps fetches", entry, builds)
    assert found.context == "task `linux` of kind `kind`, and 1 more"


def of_each(section: str) -> Task:
    builds = [task("build", f"{name}/opt", ["public/build/a.zip"]) for name in ("linux", "win")]
    deps = "{group-by: all, unique-kinds: false, kinds: [build]}"
    entry = f"t: {{from-deps: {deps}, fetches: {section}}}"
    (made,) = run("from_deps fetches", entry, [*builds, TOOL]).tasks
    return made


def test_one_task_fetches_a_file_from_each_of_a_kind() -> None:
    made = of_each("{build: [{each: a.zip, dest: in, extract: false}], toolchain: [clang]}")
    tool = {"artifact": "public/build/clang.tar.zst", "extract": True}
    assert listed(made) == [
        {
            "artifact": "public/build/a.zip",
            "extract": False,
            "task": f"<build-{name}/opt>",
            "dest": f"in/{name}/opt",
        }
        for name in ("linux", "win")
    ] + [{**tool, "task": "<toolchain-linux64-clang-18>"}]
    assert {"build-linux/opt", "build-win/opt"} < made.dependencies.keys()
    assert listed(of_each("{build: [{each: a.zip}]}"))[0]["dest"] == "linux/opt"


@pytest.mark.parametrize(
    ("section", "what", "remedy"),
    [
        (
            "{build: [a.zip]}",
            "`a.zip` is not a task of kind `build`, and no edge is called `build`",
            "fetch it from every edge to that kind: `{each: a.zip}`",
        ),
        (
            "{toolchain: [{each: a.zip}]}",
            "the task has no edge to a task of kind `toolchain`",
            "select them with `from-deps`, before `relpro.stock.fetches`",
        ),
    ],
)
def test_where_several_edges_lead_to_a_kind_the_way_out_is_told(
    section: str, what: str, remedy: str
) -> None:
    deps = "{group-by: all, unique-kinds: false, kinds: [build]}"
    builds = [task("build", name, ["public/build/a.zip"]) for name in ("linux", "win")]
    entry = f"t: {{from-deps: {deps}, fetches: {section}}}"
    found = refusal("from_deps fetches", entry, [*builds, TOOL])
    assert (found.code, found.what, found.remedy) == ("T412", what, remedy)
