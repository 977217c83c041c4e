"""What the builder of an image is told, and what it gets to build from."""

import io
import json
import tarfile
from collections.abc import Mapping
from typing import Any

import pytest

from relpro.errors import RelproError
from relpro.load.tree import EXECUTABLE, LINK, PLAIN, Tree, TreeFile
from relpro.model.task import Task
from relpro.run_task import PROGRAMS
from relpro.stock.docker_context import read_context, volumes_of
from tests.stock.chains import refusal, run, task

TREE = {
    "docker/base/Dockerfile": "FROM debian\n",
    "docker/one/Dockerfile": (
        "FROM base\n# %include tools\n# %ARG V\nRUN get $V ${V} $VV\n# %include t$V\n"
    ),
    "docker/one/start.sh": "exec make\n",
    "docker/one-more/Dockerfile": "FROM other\n",
    "t1/d.py": "d",
    "t12/d.py": "d",
    "tools/a.py": "a",
    "tools/deep/b.py": "b",
    "other/c.py": "c",
}


def image(keys: str = "args: {V: '1'}", tree: Mapping[str, str] = TREE) -> Task:
    entries = f"base: {{image: {{}}}}\none: {{image: {{{keys}}}, worker: {{env: {{A: b}}}}}}"
    made = run("docker_image cached_tasks", entries, kind="docker-image", tree=tree)
    return made.tasks[1]


def digest(one: Task) -> Any:
    return one.attributes["cached_task"]["digest"]


def members(archive: bytes) -> dict[str, str]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return {one.name: f"{one.mode:o} {_content(tar, one)!r}" for one in tar}


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> str | bytes:
    file = None if member.issym() else tar.extractfile(member)
    return member.linkname if file is None else file.read()


def test_the_builder_is_told_where_its_context_is_published() -> None:
    one = image()

    worker = one.definition["worker"]
    hashed = worker["env"].pop("HASH")
    assert worker["env"] == {
        "A": "b",
        "IMAGE_NAME": "one",
        "CONTEXT_TASK_ID": {"task-reference": "<decision>"},
        "CONTEXT_PATH": "public/docker-contexts/one.tar.gz",
        "DOCKER_BUILD_ARGS": json.dumps({"V": "1"}),
    }
    assert hashed == read_context(Tree.written(TREE), "docker/one", {"V": "1"}).digest
    assert [artifact["name"] for artifact in worker["artifacts"]] == ["public/image.tar.zst"]
    assert worker["chain-of-trust"] is True


def test_a_context_is_the_folder_with_what_it_includes_and_its_arguments_in_place() -> None:
    context = read_context(Tree.written(TREE), "docker/one", {"V": "12"})

    assert members(context.archive()) == {
        "Dockerfile": "644 b'FROM base\\n# %include tools\\nRUN get 12 12 $VV\\n# %include t12\\n'",
        "start.sh": "644 b'exec make\\n'",
        "topsrcdir/t12/d.py": "644 b'd'",
        "topsrcdir/tools/a.py": "644 b'a'",
        "topsrcdir/tools/deep/b.py": "644 b'b'",
    }


def test_an_image_gets_the_programs_that_tasks_run() -> None:
    tree = {"docker/one/Dockerfile": "FROM base\n# %include-run-task\nRUN make\n"}
    context = read_context(Tree.written(tree), "docker/one", {})
    made = {member.path: member for member in context.members}
    assert list(made) == ["Dockerfile", "run-task/fetch-content", "run-task/run-task"]
    assert made["run-task/run-task"].content == PROGRAMS["run-task"].read_bytes()
    assert made["run-task/run-task"].mode == EXECUTABLE
    assert made["Dockerfile"].content.decode().splitlines() == [
        "FROM base",
        "# %include-run-task",
        "COPY run-task/fetch-content /usr/local/bin/fetch-content",
        "COPY run-task/run-task /usr/local/bin/run-task",
        "RUN make",
    ]


def files(*every: TreeFile) -> Tree:
    known = {one.path: one for one in every}
    return Tree(known.keys, known.__getitem__)


DOCKERFILE = TreeFile("d/Dockerfile", PLAIN, b"FROM debian\n")


def test_modes_and_links_are_those_of_the_tree() -> None:
    tree = files(
        DOCKERFILE, TreeFile("d/run", EXECUTABLE, b"x"), TreeFile("d/link", LINK, b"../run")
    )

    archive = read_context(tree, "d", {}).archive()

    assert members(archive)["run"] == "755 b'x'"
    assert members(archive)["link"] == "777 '../run'"


@pytest.mark.parametrize(
    "changed",
    [
        TreeFile("d/run", EXECUTABLE, b"x"),
        TreeFile("d/run", PLAIN, b"y"),
        TreeFile("d/run", LINK, b"x"),
        TreeFile("d/ran", PLAIN, b"x"),
    ],
)
def test_digest_and_bytes_follow_path_mode_and_content(changed: TreeFile) -> None:
    plain = TreeFile("d/run", PLAIN, b"x")
    first, same = (
        read_context(files(*one), "d", {}) for one in ((DOCKERFILE, plain), (plain, DOCKERFILE))
    )
    other = read_context(files(DOCKERFILE, changed), "d", {})

    assert (first.digest, first.archive()) == (same.digest, same.archive())
    assert first.digest != other.digest
    assert first.archive() != other.archive()


@pytest.mark.parametrize(
    ("name", "again"),
    [
        ("docker/one/start.sh", True),
        ("tools/a.py", True),
        ("docker/base/Dockerfile", False),
        ("docker/one-more/Dockerfile", False),
        ("other/c.py", False),
    ],
)
def test_an_image_is_made_again_for_its_own_files_alone(name: str, again: bool) -> None:
    changed = image(tree={**TREE, name: TREE[name] + "# changed\n"})

    assert (digest(changed) != digest(image())) is again


def test_arguments_and_parent_each_decide_the_digest() -> None:
    variants = ["args: {V: '1'}", "args: {V: '1', W: '2'}", "args: {V: '1'}, parent: base"]

    assert len({digest(image(keys)) for keys in variants}) == len(variants)


def test_an_image_waits_for_its_parent_and_is_made_again_with_it() -> None:
    keys = "args: {V: '1'}, parent: base"
    one = image(keys)

    assert one.dependencies == {"parent": "docker-image-base"}
    assert one.definition["worker"]["env"]["PARENT_TASK_ID"] == {"task-reference": "<parent>"}
    assert "PARENT_TASK_ID" not in image().definition["worker"]["env"]
    other = image(keys, {**TREE, "docker/base/Dockerfile": "FROM fedora\n"})
    assert digest(one) != digest(other)


def test_several_images_may_share_a_folder() -> None:
    one = image("context: docker/base")

    assert one.attributes["docker_context"] == {"folder": "docker/base", "args": {}}
    assert one.definition["worker"]["env"]["CONTEXT_PATH"] == "public/docker-contexts/one.tar.gz"


def test_everything_that_a_dockerfile_asks_for_in_vain_is_told_with_its_line() -> None:
    text = "FROM debian\n# %include nothing\n# %ARG V\n# %include ../x\n# %include /etc\n"

    with pytest.raises(RelproError) as caught:
        read_context(Tree.written({"d/Dockerfile": text}), "d", {})

    assert [(str(one.where[0]), one.what) for one in caught.value.diagnostics] == [
        ("d/Dockerfile:2", "the tree has no file `nothing` to include"),
        ("d/Dockerfile:3", "no argument is called `V`"),
        ("d/Dockerfile:4", "the tree has no file `../x` to include"),
        ("d/Dockerfile:5", "the tree has no file `/etc` to include"),
    ]


@pytest.mark.parametrize(
    ("file", "what"),
    [
        (TreeFile("d/x", PLAIN, b""), "the tree has no `d/Dockerfile`"),
        (TreeFile("d/Dockerfile", LINK, b"/etc/x"), "`d/Dockerfile` is a link"),
        (TreeFile("d/Dockerfile", PLAIN, b"\xff"), "`d/Dockerfile` is not UTF-8"),
    ],
)
def test_what_is_no_dockerfile_is_refused(file: TreeFile, what: str) -> None:
    with pytest.raises(RelproError, match=what):
        read_context(files(file), "d", {})


def test_an_image_without_a_folder_is_refused_at_its_entry() -> None:
    found = refusal("docker_image", "two: {image: {}}", kind="docker-image", tree=TREE)

    assert found.what == "the tree has no folder `docker/two`"
    assert found.where[0].path == ("image",)


def test_images_stand_in_the_kind_that_workers_look_in() -> None:
    found = refusal("docker_image", "one: {image: {}}", kind="images", tree=TREE)

    assert found.remedy == "call it `docker-image`"


def test_an_image_of_another_tree_has_a_digest_of_its_own() -> None:
    def of(said: str) -> Task:
        return image(f"digest: {said}", {"docker/base/Dockerfile": ""})

    env = of("x").definition["worker"]["env"]
    assert env["CONTEXT_PATH"] == "docker/one"
    assert not {"CONTEXT_TASK_ID", "HASH"} & env.keys()
    assert digest(of("x")) != digest(of("y"))


def test_an_image_whose_digest_is_empty_is_refused() -> None:
    found = refusal("docker_image", "one: {image: {digest: ''}}", kind="docker-image")

    assert found.what == "the digest is empty: a change of the image would go unnoticed"
    assert found.where[0].path == ("image", "digest")


def test_volumes_are_read_in_both_forms_of_writing() -> None:
    text = 'FROM x\nVOLUME /b /a\nvolume ["/c", "/d"]\n# VOLUME /no\nRUN VOLUME /no\n'

    assert volumes_of(text) == ("/a", "/b", "/c", "/d")


def test_the_volumes_of_an_image_are_an_attribute_of_its_task() -> None:
    tree = {**TREE, "docker/one/Dockerfile": "FROM x\n# %ARG V\nVOLUME /data/$V\n"}

    assert image(tree=tree).attributes["docker_volumes"] == ["/data/1"]
    assert task("docker-image", "x").attributes.get("docker_volumes") is None
