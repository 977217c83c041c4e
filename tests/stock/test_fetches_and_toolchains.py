"""What tasks that download and build tools are told, and under which digests they are found."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from relpro.errors import RelproError
from relpro.model.task import Task
from tests.stock.tools_project import PEER, REVISION, SCRIPTS, SUM, graph_of
from tests.stock.workers.making import problems

ZLIB = "/builds/worker/artifacts/zlib.tar.zst"


def payload(task: Task) -> Any:
    return task.definition["payload"]


def digest(task: Task) -> Any:
    return task.attributes["cached_task"]["digest"]


def test_a_project_that_moves_from_taskgraph_finds_what_it_has(tmp_path: Path) -> None:
    graph = graph_of(tmp_path)

    assert {label: digest(graph[label]) for label in PEER} == PEER
    routes = graph["fetch-zlib"].definition["routes"]
    path = "index.old.cache.level-3.content.v1.zlib"
    assert routes[:2] == [f"{path}.hash.{PEER['fetch-zlib']}", f"{path}.latest"]
    assert routes[2].startswith(f"{path}.pushdate.")
    searched = graph["toolchain-packer"].optimization
    index = f"old.cache.level-3.toolchains.v3.packer.hash.{PEER['toolchain-packer']}"
    assert searched == {"index-search": [index]}


def test_a_container_downloads_a_file_by_its_sum_and_publishes_it(tmp_path: Path) -> None:
    task = graph_of(tmp_path)["fetch-zlib"]

    found = payload(task)
    assert found["command"][1:] == [
        *("--", "fetch-content", "static-url", "--sha256", SUM, "--size", "1495873"),
        *("--strip-components", "1", "--add-prefix", "zlib/"),
        "https://example.com/zlib-1.3.tar.gz",
        ZLIB,
    ]
    assert found["artifacts"] == {"public/zlib.tar.zst": {"path": ZLIB, "type": "file"}}
    assert (found["maxRunTime"], found["features"]) == (900, {"chainOfTrust": True})
    assert task.attributes["fetch_artifact"] == "public/zlib.tar.zst"
    assert task.definition["expires"] == {"relative-datestamp": "1000 years"}
    assert problems(task) == []


def test_a_machine_mounts_fetch_content_and_writes_below_its_task(tmp_path: Path) -> None:
    edits = {
        "worker-type: b-linux\n  worker: {docker-image: debian}": "worker-type: b-mac",
        "include-dot-git: true": "ssh-key: app/key",
    }
    task = graph_of(tmp_path, edits=edits)["fetch-helper"]

    found = payload(task)
    words = found["command"][1]
    assert words[words.index("--") + 1 :] == [
        *("python3", "fetch-content", "git-checkout-archive", "--path-prefix", "helper.git"),
        *("https://example.com/helper.git", REVISION, "artifacts/helper.git.tar.zst"),
        *("--ssh-key-secret", "app/key"),
    ]
    assert {one["file"] for one in found["mounts"]} == {"run-task", "fetch-content"}
    assert "secrets:get:app/key" in task.definition["scopes"]
    assert found["features"]["taskclusterProxy"] is True
    assert problems(task) == []


def test_a_signature_is_checked_with_a_key_of_the_tree(tmp_path: Path) -> None:
    signed = "gpg-signature: {sig-url: 'https://example.com/z.asc', key-path: keys/z.key}"
    edits = {"size: 1495873": f"size: 1495873\n      {signed}"}
    graph = graph_of(tmp_path, {"keys/z.key": "a public key\n"}, edits)

    found = payload(graph["fetch-zlib"])
    assert found["env"]["FETCH_GPG_KEY"] == "a public key\n"
    at = found["command"].index("--gpg-sig-url")
    told = ["--gpg-sig-url", "https://example.com/z.asc", "--gpg-key-env", "FETCH_GPG_KEY"]
    assert found["command"][at : at + 4] == told
    # The sum says it all: who signed it is looked at besides.
    assert digest(graph["fetch-zlib"]) == PEER["fetch-zlib"]


PLUG_IN = """
from voluptuous import Required

SCHEMA = {Required("package"): str}


def fetch(section, folder):
    name = section["package"] + ".tgz"
    return {"command": ["npm-pack", section["package"], folder + "/" + name],
            "artifact-name": name, "digest-data": [section["package"]], "env": {"A": "b"}}
"""


def with_plug_in(root: Path, monkeypatch: pytest.MonkeyPatch, section: str) -> Task:
    """The task of a fetch whose type is a module of the project."""
    package = f"plug_ins_{root.name}"
    (root / "lib" / package).mkdir(parents=True)
    (root / "lib" / package / "npm.py").write_text(PLUG_IN)
    (root / "lib" / package / "bare.py").write_text("def fetch(section, folder): ...\n")
    monkeypatch.syspath_prepend(str(root / "lib"))
    edits = {"type: git": f"type: {package}.{section}"}
    old = f"repo: https://example.com/helper.git\n      revision: {REVISION}\n      include"
    return graph_of(root, edits={**edits, f"{old}-dot-git: true": "package: pad@1"})["fetch-helper"]


def test_a_project_has_types_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = with_plug_in(tmp_path, monkeypatch, "npm")

    path = "/builds/worker/artifacts/pad@1.tgz"
    assert payload(task)["command"][-3:] == ["npm-pack", "pad@1", path]
    assert payload(task)["env"]["A"] == "b"
    assert task.attributes["fetch_artifact"] == "public/pad@1.tgz"
    # The same as taskgraph makes of the data of a fetch builder.
    assert digest(task) == hashlib.sha256(b"pad@1").hexdigest()


@pytest.mark.parametrize("module", ["bare", "none"])
def test_a_type_that_is_none_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    with pytest.raises(RelproError) as caught:
        with_plug_in(tmp_path, monkeypatch, module)
    assert caught.value.diagnostics[0].code == "T422"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("worker-type: b-linux\n  worker: {docker-image: debian}", "worker-type: b-win", "b-win"),
        ("artifact-name: zlib.tar.zst", "artifact-name: deep/zlib.tar.zst", "not a name of a file"),
        ("artifact-name: zlib.tar.zst", "artifact-name: zlib.bin", "not a name of one"),
        ("type: git", "type: svn", "`svn` is not a type of fetch"),
        ("fetch-alias: [compression]", "fetch-alias: helper", "the name of `fetch-helper`"),
    ],
)
def test_what_cannot_be_fetched_is_refused(tmp_path: Path, old: str, new: str, what: str) -> None:
    with pytest.raises(RelproError) as caught:
        graph_of(tmp_path, edits={old: new})
    assert what in caught.value.diagnostics[0].what


def test_a_script_of_the_tree_builds_a_tool_with_what_is_fetched(tmp_path: Path) -> None:
    task = graph_of(tmp_path)["toolchain-packer"]

    found = payload(task)
    checkout = "/builds/worker/checkouts/vcs"
    line = f"./{SCRIPTS}/packer.sh --static 'two words'"
    assert found["command"][1:] == [
        *(f"--vcs-checkout={checkout}", f"--task-cwd={checkout}", "--", "bash", "-cx", line),
    ]
    path = "/builds/worker/artifacts/packer.tar.zst"
    assert found["artifacts"] == {"public/build/packer.tar.zst": {"path": path, "type": "file"}}
    assert found["env"]["UPLOAD_DIR"] == "/builds/worker/artifacts"
    assert found["env"]["TOOLCHAIN_ARTIFACT"] == "public/build/packer.tar.zst"
    assert found["env"]["PATCHER"] == "patcher/bin"
    fetched = json.loads(found["env"]["MOZ_FETCHES"]["task-reference"])
    assert [one["task"] for one in fetched] == [
        "<fetch-zlib>",
        "<fetch-helper>",
        "<toolchain-patcher>",
    ]
    assert task.attributes["toolchain_artifact"] == "public/build/packer.tar.zst"
    assert problems(task) == []


def test_whoever_fetches_a_tool_has_its_variables(tmp_path: Path) -> None:
    found = payload(graph_of(tmp_path)["build-app"])

    assert found["env"]["PATCHER"] == "patcher/bin"
    assert len(json.loads(found["env"]["MOZ_FETCHES"]["task-reference"])) == 2


@pytest.mark.parametrize(
    ("name", "again"),
    [
        (f"{SCRIPTS}/packer.sh", {"toolchain-packer"}),
        (f"{SCRIPTS}/patches/two.patch", {"toolchain-packer"}),
        (f"{SCRIPTS}/patches/three.patch", {"toolchain-packer"}),
        (f"{SCRIPTS}/patcher.sh", {"toolchain-packer", "toolchain-patcher"}),
        (f"{SCRIPTS}/other.sh", set()),
        ("taskcluster/docker/builder/Dockerfile", set()),
    ],
)
def test_only_what_depends_on_a_file_is_made_again(
    tmp_path: Path, name: str, again: set[str]
) -> None:
    graph = graph_of(tmp_path, {name: "FROM changed\n"})

    assert {label for label in PEER if digest(graph[label]) != PEER[label]} == again


def test_a_tool_that_its_image_is_part_of_is_made_again_with_it(tmp_path: Path) -> None:
    edits = {"toolchain-alias: [pack]": "toolchain-alias: [pack]\n      rebuild-with-image: true"}

    first = graph_of(tmp_path / "first", edits=edits)
    dockerfile = {"taskcluster/docker/builder/Dockerfile": "FROM changed\n"}
    second = graph_of(tmp_path / "second", dockerfile, edits)

    assert digest(first["toolchain-packer"]) != digest(second["toolchain-packer"])
    assert digest(first["toolchain-patcher"]) == digest(second["toolchain-patcher"])


def test_a_script_is_found_from_the_folder_that_the_tool_is_built_in(tmp_path: Path) -> None:
    edits = {"toolchain-alias: [pack]": "cwd: ..\n      toolchain-alias: [pack]"}

    command = payload(graph_of(tmp_path, edits=edits)["toolchain-packer"])["command"]

    assert "--task-cwd=/builds/worker/checkouts/vcs/.." in command
    assert command[-1].startswith(f"./vcs/{SCRIPTS}/packer.sh ")


def test_a_script_is_found_where_the_project_puts_checkouts(tmp_path: Path) -> None:
    edits = {
        "toolchain-alias: [pack]": "cwd: ..\n      toolchain-alias: [pack]",
        "products: [widget]": "products: [widget]\nrun-task: {folder: src}",
    }

    command = payload(graph_of(tmp_path, edits=edits)["toolchain-packer"])["command"]

    assert command[-1].startswith(f"./src/{SCRIPTS}/packer.sh ")


def test_a_script_is_named_in_full_where_the_image_says_where_it_works(tmp_path: Path) -> None:
    edits = {"toolchain-alias: [pack]": "cwd: null\n      toolchain-alias: [pack]"}

    command = payload(graph_of(tmp_path, edits=edits)["toolchain-packer"])["command"]

    assert command[-1].startswith(f"/builds/worker/checkouts/vcs/{SCRIPTS}/packer.sh ")


def test_a_checkout_of_a_tool_lies_where_it_says(tmp_path: Path) -> None:
    said = "cwd: /builds/worker\n      checkout: {vcs: {path: /builds/worker/workspace/src}}"
    edits = {"toolchain-alias: [pack]": f"{said}\n      toolchain-alias: [pack]"}

    found = payload(graph_of(tmp_path, edits=edits)["toolchain-packer"])

    assert "--vcs-checkout=/builds/worker/workspace/src" in found["command"]
    assert found["command"][-1].startswith(f"./workspace/src/{SCRIPTS}/packer.sh ")
    assert found["env"]["VCS_PATH"] == "/builds/worker/workspace/src"


def test_a_tool_whose_script_lies_in_another_tree_is_known_by_what_it_says(tmp_path: Path) -> None:
    script = f"{SCRIPTS}/packer.sh"

    def packer(said: str, text: str = "") -> Task:
        files = {script: text} if text else {}
        edits = {f"script: {script}": f"script: {script}\n      digest: {said}"}
        return graph_of(tmp_path / (said + text), files, edits)["toolchain-packer"]

    first = packer("first")
    assert digest(packer("first", "changed")) == digest(first)
    assert digest(packer("second")) != digest(first)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (f"script: {SCRIPTS}/packer.sh", f"script: {SCRIPTS}", "not one file"),
        ("toolchain-alias: [pack]", "checkout: false", "lies in a checkout, and there is none"),
        (f"script: {SCRIPTS}/packer.sh", f"script: {SCRIPTS}/patches/one.patch", "no right"),
        ("toolchain-alias: [pack]", "toolchain-alias: patcher", "the name of `toolchain-patcher`"),
        ("toolchain-alias: [pack]", "toolchain-env: {PATCHER: other}", "each set `PATCHER`"),
        ("toolchain-alias: [pack]", "command: make", "unknown key `command`"),
        (
            "  - relpro.stock.fetches\n  - relpro.stock.cached_tasks",
            "  - relpro.stock.cached_tasks\n  - relpro.stock.fetches",
            "`relpro.stock.toolchain` lacks the transforms that must follow it",
        ),
    ],
)
def test_what_is_no_toolchain_is_refused(tmp_path: Path, old: str, new: str, what: str) -> None:
    edits = {old: new}
    if "env" in new:
        edits["fetches: {toolchain: [pack, patcher]}"] = "fetches: {toolchain: [packer, patcher]}"
    with pytest.raises(RelproError) as caught:
        graph_of(tmp_path, edits=edits)
    assert what in caught.value.diagnostics[0].what
