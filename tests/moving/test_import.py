"""What `relpro import-taskgraph` writes and tells."""

import ast
from pathlib import Path

import pytest

from relpro.moving.importing import Import
from relpro.moving.notes import HAND, of_sort
from tests.cli.conftest import Run
from tests.explain.conftest import foreign_transforms
from tests.moving.conftest import SAMPLE

__all__ = ["foreign_transforms"]

CONFIG = """\
trust-domain: widgets
task-priority: low
taskgraph:
  register: widget_taskgraph:register
  decision-parameters: widget_taskgraph:decide
  repositories: {widget-app: {name: Widget, project-regex: widget$}}
workers:
  aliases:
    b-.*: {provisioner: p, implementation: docker-worker, os: linux, worker-type: '{alias}'}
    t-.*: {provisioner: p, implementation: docker-worker, os: linux, worker-type: '{alias}'}
    notary: {provisioner: p, implementation: notary, os: scriptworker, worker-type: notary}
docker: {user: widget}
scriptworker: {office: Berlin}
"""
KIND = """\
# What is built.
loader: widget_taskgraph.loader:load
transforms:
  - widget_taskgraph.secrets:transforms
  - taskgraph.transforms.run:transforms
  - taskgraph.transforms.task:transforms
limits: 3
nobody: 4
jobs: {}
tasks:
  # The first.
  a:
    description: Build {what}
    secrets: [key]
    worker-type: b-linux
    worker: {docker-image: x, max-run-time: 60, env: {EMPTY: }}
    run: {using: gradle, tasks: [assemble]}
  'b-{what}':
    worker-type: notary
    worker: {office: x}
    name: the one
    treeherder: {job-symbol: B}
    run: {using: run-task, cwd: src, command: 'echo {what}'}
  c:
    description: Build where a transform says
    worker-type: chosen
    worker: {docker-image: x, max-run-time: 60, loopback-video: true}
    run: {using: run-task, cwd: /x}
"""
PYTHON = {
    "__init__.py": """\
from taskgraph.parameters import extend_parameters_schema
from voluptuous import Required

extend_parameters_schema({Required("campaign"): str, Required("version"): str})


@payload_builder("notary", schema={})
def notary(config, task, task_def):
    "Takes things to a notary."


@run_task_using("docker-worker", "gradle")
def gradle(config, task, taskdesc):
    ...


@register_target_task("nightly")
def nightly(full, parameters, config):
    ...


@register_strategy("weekdays")
class Weekdays:
    ...


register_strategy("weekends", args=())


@verifications.add("full_task_graph")
def verify(task, taskgraph, scratch_pad, graph_config, parameters):
    ...


@register_morph
def hurry(graph, label_to_taskid, parameters, config):
    ...


@register_callback_action(name="again", title="Again", order=3, context=[{}])
def again(*args):
    ...


@verifications.add("parameters")
def look(parameters, scratch_pad):
    ...


@group_by("office")
def by_office(config, tasks):
    ...


@fetch_builder("letter", schema={"office": str})
def letter(config, name, fetch):
    ...


def decide(config, parameters):
    ...
""",
    "secrets.py": """\
"Gives tasks their secrets."


@transforms.add
def secrets(config, tasks):
    "Adds scopes."
    for task in tasks:
        task["secrets"] = task["description"].format(what=config.config["limits"])
""",
    "loader.py": "def load(*args):\n    ...\n",
    "broken.py": "def (:\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with Python of its own, of every sort."""
    folder = tmp_path / "widget" / "taskcluster"
    kind = folder / "kinds" / "build" / "kind.yml"
    kind.parent.mkdir(parents=True)
    kind.write_text(KIND)
    (folder / "config.yml").write_text(CONFIG)
    package = folder / "widget_taskgraph"
    package.mkdir()
    for name, text in PYTHON.items():
        (package / name).write_text(text)
    return tmp_path / "widget"


def files(folder: Path) -> set[str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in paths}


def test_what_needs_a_hand_is_told_with_its_line(project: Path, relpro: Run) -> None:
    kind = project / "taskcluster" / "kinds" / "build" / "kind.yml"
    kind.write_text(KIND.replace("office: x", r"office: {by-project: {'w\b.*': x, default: y}}"))
    ran = relpro("import-taskgraph", str(project))
    assert ran.code == 0, ran.err
    hand, left = ran.out.split("by hand: ")[1].split("left out on purpose: ")
    for line in (
        "config.yml:6: repository `widget-app` is `widget_app` now",
        "config.yml:10: worker aliases `t-.*`: no kind names such a worker type",
        "config.yml:13: `scriptworker: office` of the configuration",
        "kind.yml:7: kind `build`: `limits`: `taskcluster/widget_taskgraph/secrets.py:8` reads it",
        "kind.yml:8: kind `build`: `nobody`: `widget_taskgraph.loader` reads it",
        "kind.yml:9: kind `build`: `jobs`: taskgraph of today reads `tasks`",
        "kind.yml:13,23: `{what}` in `build/a`, `build/b-{what}`",
        "kind.yml:16: variable `EMPTY` is empty in `build/a`",
        "kind.yml:20: a pattern of a `by-` in `build/b-{what}`: `w\\b.*`",
        "kind.yml:21: name `the one` in `build/b-{what}`",
        "kind.yml:22: what stands under `treeherder`",
        "kind.yml:23: `cwd` is `src`",
        "kind.yml:26: worker type `chosen` in `build/c`: no alias is called so",
        "kind.yml:28: `run` has no `command` in `build/c`: a transform of the repository gives it",
        "__init__.py:8: payload builder `notary`: write `transforms.worker_notary`",
        "__init__.py:13: run handler `gradle`",
        "__init__.py:18: target method `nightly`",
        "__init__.py:23: strategy `weekdays`",
        "__init__.py:27: strategy `weekends`",
        "__init__.py:31: verification `verify`: write `transforms.verification_verify`",
        "__init__.py:36: morph `hurry`: write `transforms.morph_hurry`",
        "__init__.py:41: action `again`: write `transforms.action_again`",
        "__init__.py:46: verification `look`: relpro verifies no `parameters`",
        "__init__.py:51: group-by `office`: write `transforms.group_office`",
        "__init__.py:56: type of fetch `letter`: write `transforms.fetch_letter`",
        "__init__.py:60: decision parameters",
        "__init__.py:4: parameter `campaign`",
        "broken.py:1: this is not Python of today",
        "loader.py:1: loader `widget_taskgraph.loader:load`: write `transforms/loader_load.py`",
        "secrets.py:1: transform `widget_taskgraph.secrets:transforms`",
    ):
        assert line in hand, f"{line}\n{hand}"
    for line in (
        "config.yml:6: `project-regex` of repository `widget-app`",
        "config.yml:12: `docker`: nothing reads it",
        "parameter `version`",
        "register",
    ):
        assert line in left, left


def test_skeletons_are_python_that_refuses_until_it_is_written(
    project: Path, relpro: Run, foreign_transforms: None
) -> None:
    relpro("import-taskgraph", str(project))
    for path in (project / "transforms").glob("*.py"):
        ast.parse(path.read_text())
    kind = (project / "kinds" / "build" / "build.yml").read_text()
    assert kind.startswith("# What is built.\n")
    assert "  # The first.\n" in kind
    assert "devices: [loopback-video]" in kind
    assert "# By hand: variable `EMPTY` is empty (taskcluster/kinds/build/kind.yml:16):" in kind
    ran = relpro("graph", "--root", str(project), "--stage", "full")
    assert ran.code == 2
    assert "error[T411]: `transforms.loader_load` is to be written" in ran.err, ran.err


def test_a_matrix_fills_in_what_python_before_it_leaves(project: Path, relpro: Run) -> None:
    kind = project / "taskcluster" / "kinds" / "build" / "kind.yml"
    text = KIND.replace("Build {what}", "Build {what} {{matrix[os]}}", 1)
    text = text.replace("    secrets: [key]\n", "    matrix: {os: [mac]}\n", 1)
    loaders = "  - widget_taskgraph.secrets:transforms\n"
    kind.write_text(text.replace(loaders, f"{loaders}  - taskgraph.transforms.matrix\n"))
    relpro("import-taskgraph", str(project))
    made = (project / "kinds" / "build" / "build.yml").read_text()
    assert "description: Build {what} {os}\n" in made, made


def test_an_image_of_another_kind_is_told(project: Path, relpro: Run) -> None:
    kind = project / "taskcluster" / "kinds" / "build" / "kind.yml"
    shipped = "transforms: [taskgraph.transforms.docker_image, taskgraph.transforms.task]"
    kind.write_text(f"{shipped}\ntasks:\n  web: {{}}\n")
    ran = relpro("import-taskgraph", str(project), "--dry-run")
    assert "kind.yml:3: an image of kind `build` in `build/web`: relpro builds images" in ran.out


def test_nothing_that_is_there_is_written_over(project: Path, relpro: Run) -> None:
    config = project / "kinds" / "config.yml"
    config.parent.mkdir()
    config.write_text("mine")
    before = files(project)
    ran = relpro("import-taskgraph", str(project))
    assert ran.code == 2
    assert "error[M903]: `kinds/config.yml` is there already" in ran.err
    assert files(project) == before
    assert config.read_text() == "mine"


def test_a_dry_run_writes_nothing(project: Path, relpro: Run) -> None:
    before = files(project)
    ran = relpro("import-taskgraph", str(project), "--dry-run")
    assert "would write kinds/config.yml" in ran.out
    assert files(project) == before


def test_it_is_written_elsewhere_with_the_files_that_it_needs(relpro: Run, tmp_path: Path) -> None:
    before = files(SAMPLE)
    ran = relpro("import-taskgraph", str(SAMPLE / "taskcluster"), "--output", str(tmp_path))
    assert files(SAMPLE) == before
    assert "copied 6 files that kinds name" in ran.out
    assert files(tmp_path) > {
        "kinds/build/check.yml",
        "src/main.c",
        "taskcluster/docker/base/Dockerfile",
        "taskcluster/docker/builder/Dockerfile",
        "taskcluster/docker/fetch/Dockerfile",
        "taskcluster/scripts/toolchain/packer-patches",
        "taskcluster/scripts/toolchain/packer.sh",
    }
    script = "taskcluster/scripts/toolchain/packer.sh"
    assert (tmp_path / script).stat().st_mode == (SAMPLE / script).stat().st_mode


def test_a_configuration_in_the_layout_of_old_versions_is_read(project: Path, relpro: Run) -> None:
    wanted = relpro("import-taskgraph", str(project), "--dry-run").out.splitlines()
    folder = project / "taskcluster"
    (folder / "kinds").rename(folder / "ci")
    (folder / "config.yml").rename(folder / "ci" / "config.yml")
    for there in (project, folder):
        told = relpro("import-taskgraph", str(there), "--dry-run").out
        told = told.replace("taskcluster/ci/config.yml", "taskcluster/config.yml")
        assert sorted(told.replace("/ci/", "/kinds/").splitlines()) == sorted(wanted)


def test_each_key_that_nothing_reads_is_named_with_its_line(project: Path, relpro: Run) -> None:
    config = project / "taskcluster" / "config.yml"
    keys = [f"unread-{number}" for number in range(7)]
    config.write_text("".join([CONFIG, *(f"{key}: 1\n" for key in keys)]))
    ran = relpro("import-taskgraph", str(project), "--dry-run")
    (line,) = (one for one in ran.out.splitlines() if keys[0] in one)
    lines = ",".join(str(CONFIG.count("\n") + number) for number in range(1, 8))
    assert f"{lines}: " in line, line
    assert all(f"`{key}`" in line for key in keys), line


def test_a_package_of_the_usual_name_keeps_it(project: Path, relpro: Run) -> None:
    (project / "transforms").mkdir()
    relpro("import-taskgraph", str(project))
    assert "relpro_transforms/secrets.py" in files(project)
    config = (project / "kinds" / "config.yml").read_text()
    assert "transforms-package: relpro_transforms\n" in config


def test_a_task_of_another_file_is_told_of_in_that_file(project: Path, relpro: Run) -> None:
    folder = project / "taskcluster"
    config = folder / "config.yml"
    config.write_text(f"{config.read_text()}index: {{products: [one, two]}}\n")
    (folder / "kinds" / "build" / "kind.yml").write_text("tasks-from: [more.yml]\n")
    more = "# More.\nship:\n  shipping-phase: ship\n  worker-type: b-linux\n"
    (folder / "kinds" / "build" / "more.yml").write_text(more)
    ran = relpro("import-taskgraph", str(project), "--dry-run")
    assert "build/more.yml:2: its product is not said in `build/ship`" in ran.out, ran.out


def test_the_sample_needs_a_hand_nowhere_but_for_trust(moved: tuple[Path, Import]) -> None:
    told = [note.what for note in of_sort(moved[1].notes, HAND)]
    assert told == [
        "who is trusted is not said",
        "every program is taken for known",
        "`{rev}` is the first of them alone",
    ]


@pytest.mark.parametrize(
    "kind",
    [
        "tasks: {a: {run: 3, worker: [], matrix: x, treeherder: [], scopes: 3, when: no}}",
        "tasks: {a: {from-deps: {kinds: 3, fetches: 4, group-by: {x: 1}}, chunk: 3}}",
        "tasks: {a: {task-context: {substitution-fields: 3}, worker-type: {by-x: 3}}}",
        "tasks: {a: {notify: {recipients: {}}, optimization: no, attributes: 3, index: 4}}",
        "tasks: {a: {task-context: {substitution-fields: [a.b], from-file: /none}, a: [b]}}",
        "tasks: {a: }",
        "tasks: {3: {worker: {by-level: {1: {}, default: }}, run: {by-x: {}}}}",
    ],
)
def test_a_kind_of_any_shape_is_moved(kind: str, project: Path, relpro: Run) -> None:
    names = ("from_deps", "matrix", "chunking", "task_context", "notify", "fetch", "run", "task")
    chain = "".join(f"  - taskgraph.transforms.{name}\n" for name in names)
    path = project / "taskcluster" / "kinds" / "build" / "kind.yml"
    path.write_text(f"transforms:\n{chain}{kind}\n")
    ran = relpro("import-taskgraph", str(project))
    assert ran.code == 0, ran.err
    assert "kinds/build/build.yml" in ran.out
