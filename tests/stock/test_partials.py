import json
from typing import Any

from tests.stock.chains import run, skipped, task

BUILD = {"mar_url": "https://archive.example.com/pub/1.0/de/w%201.mar", "buildid": "20250101"}
ENTRY = """
t:
  release-deps: {}
  partials:
    history: %s
    platform: linux
    locale: de
    complete: {task: build-1, path: public/de/w.mar}
    folder: public/de/
    made-in: /out
    dest-mar-prefix: de/
    branch: stable
    product: widget
    bucket: files
"""


def made(history: Any) -> Any:
    entry = ENTRY % json.dumps(history)
    return run("release_deps partials", entry, [task("build", "1", ["public/de/w.mar"])])


def test_each_earlier_release_is_an_order_a_file_and_an_attribute() -> None:
    earlier = {**BUILD, "previousVersion": "1.0", "previousBuildNumber": 2}
    (one,) = made({"linux": {"de": {"b.mar": BUILD, "a.mar": earlier}}}).tasks
    first, second = one.definition["extra"]["funsize"]["partials"]
    assert first == {
        "locale": "de",
        "from_mar": BUILD["mar_url"],
        "to_mar": {"artifact-reference": "<build-1/public/de/w.mar>"},
        "branch": "stable",
        "dest_mar": "de/a.mar",
        "product": "widget",
        "platform": "linux",
        "update_number": 1,
        "previousVersion": "1.0",
        "previousBuildNumber": "2",
    }
    assert (second["dest_mar"], second["update_number"]) == ("de/b.mar", 2)
    paths = {file["name"]: file["path"] for file in one.definition["worker"]["artifacts"]}
    names = ("a.mar", "b.mar", "manifest.json")
    assert paths == {f"public/de/{name}": f"/out/{name}" for name in names}
    assert one.attributes["partials"] == {"a.mar": earlier, "b.mar": BUILD}


def test_a_task_without_an_earlier_release_is_skipped() -> None:
    for history, why in (
        ({}, "`release-history` is empty: there is nothing to update from"),
        ({"linux": {"fr": {"a.mar": BUILD}}}, "`release-history` has no release for de on linux"),
    ):
        assert made(history).tasks == ()
        assert list(skipped(made(history)).values()) == [why]
