from typing import Any

from relpro.model.task import Task
from tests.stock.chains import refusal, run, task


def handed(section: str, *upstream: Task, attributes: str = "{}") -> list[Any]:
    """The type, paths and formats of each upstream artifact."""
    items = made(section, *upstream, attributes=attributes).definition["worker"]
    return [
        (item["task"], item["type"], *item["paths"], *item.get("formats", ()))
        for item in items["upstream-artifacts"]
    ]


def made(section: str, *upstream: Task, attributes: str = "{}") -> Task:
    entry = f"t: {{release-deps: {{}}, attributes: {attributes}, upstream-files: {section}}}"
    (one,) = run("release_deps upstream_files", entry, upstream).tasks
    return one


def test_each_upstream_task_hands_on_its_files_from_the_folder_of_its_locale() -> None:
    upstream = (task("b", "de", locale="de"), task("b", "us", locale="en-US"), task("b", "none"))
    section = "{files: [{paths: ['p/{}x'], type: build, formats: [gpg]}, {paths: [y], type: b}]}"
    assert handed(section, *upstream) == [
        ("b-de", "build", "p/de/x", "gpg"),
        ("b-de", "b", "y"),
        ("b-us", "build", "p/x", "gpg"),
        ("b-us", "b", "y"),
        ("b-none", "build", "p/x", "gpg"),
        ("b-none", "b", "y"),
    ]


def test_each_folder_has_an_upstream_artifact_unless_they_are_together() -> None:
    section = "{files: [{paths: ['{}x', '{}y', z], type: b}], folders: '{chunk-locales}'%s}"
    attributes = "{chunk-locales: [de, a/fr]}"
    build = task("b", "1")
    assert handed(section % "", build, attributes=attributes) == [
        ("b-1", "b", "de/x", "de/y", "z"),
        ("b-1", "b", "a/fr/x", "a/fr/y", "z"),
    ]
    assert handed(section % ", together: true", build, attributes=attributes) == [
        ("b-1", "b", "de/x", "de/y", "z", "a/fr/x", "a/fr/y"),
    ]


def test_a_star_stands_for_artifacts_and_it_is_an_error_if_there_are_none() -> None:
    section = "{files: [{paths: ['*.mar'], type: b}]}"
    artifacts = ("public/a.mar", "public/b.mar", "public/manifest.json")
    assert handed(section, task("b", "1", artifacts)) == [("b-1", "b", *artifacts[:2])]
    entry = f"t: {{release-deps: {{}}, upstream-files: {section}}}"
    found = refusal("release_deps upstream_files", entry, [task("b", "1", ["public/c.zip"])])
    assert (found.code, found.where[0].path) == ("T411", ("upstream-files", "files"))
    assert found.what == "upstream task `b-1` makes no file `*.mar`"


def test_a_task_without_a_locale_has_those_of_its_upstream_tasks() -> None:
    section = "{files: [{paths: [x], type: b}]}"
    german, french, other = task("b", "1", locale="de"), task("b", "2", locale="fr"), task("b", "3")
    assert made(section, german, french).attributes["chunk_locales"] == ["de", "fr"]
    assert "chunk_locales" not in made(section, german, other).attributes
    one = made(section, german, french, attributes="{locale: it}")
    assert "chunk_locales" not in one.attributes
