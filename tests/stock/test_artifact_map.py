import pytest

from relpro.errors import RelproError
from relpro.model.task import Task
from tests.stock.chains import run, task

MANIFEST = """\
folder: 'pub/{version}'
expiry: 1 year
types: {l10n: l10n}
files:
  target.zip:
    from: [signing, build]
    only-for: linux.*
    destinations: ['{locale}/widget.zip']
  target.deb:
    from: [build]
    only-en-US: true
    expiry: null
    destinations: [widget.deb]
  target.langpack.xpi:
    from: [l10n]
    destinations: ['{locale}/pack.xpi']
partials: {from: [partials], destination: 'update/{}.mar'}
"""
UPSTREAM = [
    task("build", "a", ["public/build/target.zip", "public/build/target.deb"]),
    task("signing", "a", ["public/build/target.zip"]),
    task("l10n", "a", ["public/build/de/target.langpack.xpi"]),
    task(
        "partials",
        "a",
        ["public/build/old.mar"],
        partials={"old.mar": {"buildid": "20260101000000", "previousVersion": "0.9"}},
    ),
    task("symbols", "a", ["public/build/symbols.zip"]),
]
SECTION = "artifact-map: {manifest: uploads.yml, wait-for: [symbols]}"
ENTRY = f"a: {{from-deps: {{group-by: all, copy-attributes: false}}, {SECTION}, attributes: %s}}"


def made(attributes: str) -> Task:
    known = {"version": "1.0", "build_date": 0}
    entry = ENTRY % attributes
    files = {"uploads.yml": MANIFEST}
    (one,) = run("from_deps artifact_map", entry, UPSTREAM, parameters=known, files=files).tasks
    return one


def test_what_upstream_tasks_make_goes_where_the_manifest_says() -> None:
    one = made("{build-platform: linux, locale: ''}")
    worker = one.definition["worker"]
    assert [
        (item["task"], item["type"], item["paths"]) for item in worker["upstream-artifacts"]
    ] == [
        ("signing", "signing", ["public/build/target.zip"]),
        ("build", "build", ["public/build/target.deb"]),
        ("partials", "partials", ["public/build/old.mar"]),
    ]
    places = [file for item in worker["artifact-map"] for file in item["paths"].values()]
    assert [place["destinations"] for place in places] == [
        ["pub/1.0//widget.zip"],
        ["pub/1.0/widget.deb"],
        ["pub/1.0/update/0.9.mar"],
    ]
    assert list(one.dependencies) == ["signing", "build", "partials", "symbols"]
    assert one.attributes["uploaded_packages"] == ["pub/1.0/widget.deb"]


def test_files_expire_unless_the_manifest_says_otherwise() -> None:
    worker = made("{build-platform: linux, locale: ''}").definition["worker"]
    files = {name: file for item in worker["artifact-map"] for name, file in item["paths"].items()}
    assert {name: file.get("expiry") for name, file in files.items()} == {
        "public/build/target.zip": "1 year",
        "public/build/target.deb": None,
        "public/build/old.mar": "1 year",
    }


def test_a_locale_has_files_of_its_own() -> None:
    one = made("{build-platform: win, locale: de}")
    worker = one.definition["worker"]
    first = worker["upstream-artifacts"][0]
    assert (first["type"], first["paths"]) == ("l10n", ["public/build/de/target.langpack.xpi"])
    assert worker["locale"] == "de"
    assert "build" not in one.dependencies


def test_a_task_that_uploads_nothing_is_refused_at_its_manifest() -> None:
    files = {"uploads.yml": "folder: pub\nfiles: {}\n"}
    with pytest.raises(RelproError, match=r"nothing that `uploads\.yml` names") as caught:
        run("from_deps artifact_map", ENTRY % "{}", UPSTREAM, files=files)
    assert caught.value.diagnostics[0].where[0].path == ("artifact-map", "manifest")


def test_language_packs_are_given_locale_by_locale() -> None:
    entry = "a: {from-deps: {kinds: [l10n]}, langpacks: {types: {l10n: l10n}}, attributes: "
    (one,) = run("from_deps langpacks", f"{entry}{{chunk-locales: [de, en-US]}}}}", UPSTREAM).tasks
    items = one.definition["worker"]["upstream-artifacts"]
    assert [(item["locale"], item["type"], item["paths"]) for item in items] == [
        ("de", "l10n", ["public/build/de/target.langpack.xpi"]),
        ("en-US", "l10n", ["public/build/target.langpack.xpi"]),
    ]
