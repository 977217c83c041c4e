from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relpro.stock.locales import fits, locales_of
from tests.stock.chains import names, refusal, run, skipped, task

BOTH = ["linux64", "macosx64"]
CHANGESETS: dict[str, Any] = {
    "fr": {"platforms": BOTH, "revision": "f1"},
    "de": {"platforms": ["linux64"], "revision": "d1"},
    "ja": {"platforms": BOTH, "revision": "j1"},
    "ja-JP-mac": {"platforms": BOTH, "revision": "m1"},
    "xx": {"platforms": [], "revision": "x1"},
}
PARAMETERS = {"l10n_changesets": CHANGESETS}


def entry(more: str = "", platform: str = "linux64") -> str:
    return (
        f'linux/opt: {{locales: {{changesets: "{{l10n-changesets}}", platform: {platform},'
        f' per-task: 2{more}}}, attributes: {{revisions: "{{locale-revisions}}",'
        f' total: "{{total-chunks}}", number: "{{this-chunk}}"}}}}'
    )


def test_the_sorted_locales_of_the_platform_are_split_into_tasks() -> None:
    made = run("locales", entry(), parameters=PARAMETERS)
    assert names(made) == ["linux-1/opt", "linux-2/opt"]
    first, second = (one.attributes for one in made.tasks)
    assert (first["chunk_locales"], second["chunk_locales"]) == (["de", "fr"], ["ja"])
    assert (first["l10n_chunk"], second["l10n_chunk"]) == ("1", "2")
    assert first["revisions"] == {"de": "d1", "fr": "f1"}
    assert (first["number"], first["total"], second["number"]) == (1, 2, 2)


def test_ignored_locales_are_left_out_and_only_those_asked_for_are_taken() -> None:
    def chosen(more: str) -> list[str]:
        made = run("locales", entry(more), parameters=PARAMETERS)
        return [locale for one in made.tasks for locale in one.attributes["chunk_locales"]]

    assert chosen(", ignore: [de]") == ["fr", "ja"]
    assert chosen(", only: [ja, de]") == ["de", "ja"]
    assert chosen(", only: [ja, de], ignore: [ja]") == ["de"]


def test_a_platform_without_locales_makes_no_task_and_says_so() -> None:
    made = run("locales", entry(platform="win32"), parameters=PARAMETERS)
    assert skipped(made) == {"kind-linux/opt": "no locale for `win32`"}


@pytest.mark.parametrize("key", ["only", "ignore"])
def test_an_unknown_locale_is_refused(key: str) -> None:
    found = refusal("locales", entry(f", {key}: [de, ja-JP-mak]"), parameters=PARAMETERS)
    assert found.what == "`ja-JP-mak` is not a locale of the changesets"
    assert found.remedy == "did you mean `ja-JP-mac`?"
    assert found.where[0].path == ("locales", key, 1)


def test_at_least_one_locale_goes_into_a_task() -> None:
    found = refusal("locales", entry().replace("per-task: 2", "per-task: 0"), parameters=PARAMETERS)
    assert found.where[0].path == ("locales", "per-task")


@pytest.mark.parametrize("wrong", [{"l10n_changesets": "x"}, {"l10n_changesets": None}])
def test_changesets_that_are_no_mapping_are_refused(wrong: dict[str, Any]) -> None:
    assert refusal("locales", entry(), parameters=wrong).what.startswith("`changesets` must be")


@pytest.mark.parametrize(
    ("platform", "expected"),
    [("linux64", ("de", "fr", "ja")), ("macosx64", ("fr", "ja-JP-mac"))],
)
def test_japanese_is_one_locale_on_macos_and_another_elsewhere(
    platform: str, expected: tuple[str, ...]
) -> None:
    assert locales_of(CHANGESETS, platform) == expected


@given(st.sampled_from(["linux", "linux64", "win32", "win64-aarch64", "macosx64", "macosx64-dev"]))
def test_each_platform_takes_exactly_one_japanese_and_all_other_locales(platform: str) -> None:
    assert fits("ja", platform) != fits("ja-JP-mac", platform)
    assert fits("de", platform)
    assert fits("en-US", platform)


def test_a_task_per_locale_is_named_for_its_locale_instead_of_the_chunk() -> None:
    upstream = [
        task("sign", "linux-2/opt", chunk_locales=["de", "fr"], l10n_chunk="2"),
        task("sign", "linux-3/opt", chunk_locales=["ja"], l10n_chunk="3"),
    ]
    made = run("from_deps per_locale", "t: {from-deps: {}, per-locale: {}}", upstream)
    assert names(made) == ["de-linux/opt", "fr-linux/opt", "ja-linux/opt"]
    first = made.tasks[0]
    assert first.dependencies == {"sign": "sign-linux-2/opt"}
    assert first.attributes["locale"] == "de"
    assert first.attributes["l10n_chunk"] == "2"
    assert "chunk_locales" not in first.attributes


def test_the_entry_can_name_the_task_of_a_locale() -> None:
    upstream = [task("sign", "linux-2/opt", chunk_locales=["de"])]
    entries = 't: {name: "{locale}+", from-deps: {}, per-locale: {}}'
    assert names(run("from_deps per_locale", entries, upstream)) == ["de+"]


def test_locales_are_found_upstream_when_attributes_are_not_copied() -> None:
    upstream = [task("sign", "linux-2/opt", chunk_locales=["de"])]
    entries = "t: {from-deps: {copy-attributes: false, set-name: false}, per-locale: {}}"
    assert names(run("from_deps per_locale", entries, upstream)) == ["de-t"]


def test_a_task_without_locales_cannot_be_split_by_them() -> None:
    found = refusal("from_deps per_locale", "t: {from-deps: {}, per-locale: {}}", [task("b", "a")])
    assert found.what == "task `a` has no `chunk-locales` to make tasks for"
