import random
from collections.abc import Sequence
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relpro.model.task import Task
from relpro.stock.from_deps import NEVER_COPIED
from tests.stock.chains import names, refusal, run, skipped, task


def of(section: str, upstream: list[Task], depends: Sequence[str] = ()) -> list[Task]:
    made = run("from_deps", f"entry: {{from-deps: {section}}}", upstream, depends=depends)
    return list(made.tasks)


LINUX = {"build_platform": "linux", "build_type": "opt", "shipping_product": "browser"}
MAC = {**LINUX, "build_platform": "macosx64"}


def test_an_entry_without_the_section_is_passed_on_unchanged() -> None:
    assert names(run("from_deps", "entry: {}", [task("build", "a")])) == ["entry"]


@pytest.mark.parametrize(("section", "path"), [("{}", ()), ("{kinds: []}", ("kinds",))])
def test_a_section_that_can_select_nothing_is_refused(section: str, path: tuple[str, ...]) -> None:
    depends = ["build"] if "kinds" in section else []
    found = refusal("from_deps", f"entry: {{from-deps: {section}}}", depends=depends)
    assert found.what == "there is no kind whose tasks could be selected"
    assert found.where[0].path == ("from-deps", *path)


def test_where_no_task_is_selected_it_is_said() -> None:
    made = run("from_deps", "entry: {from-deps: {}}", depends=["build"])
    assert (names(made), skipped(made)) == (
        [],
        {"kind-entry": "no upstream task fits what is selected"},
    )


def test_each_upstream_task_makes_one_task_by_default_named_as_it() -> None:
    one, two = of("{}", [task("build", "a"), task("build", "b")])
    assert (one.label, two.label) == ("kind-a", "kind-b")
    assert one.dependencies == {"build": "build-a"}
    assert one.attributes["primary_kind_dependency"] == "build"
    assert one.attributes["primary_dependency_label"] == "build-a"


def test_kinds_are_taken_in_the_order_in_which_the_entry_names_them() -> None:
    upstream = [task("build", "a"), task("sign", "a")]
    (made,) = of("{kinds: [sign, build], group-by: all}", upstream)
    assert list(made.dependencies) == ["sign", "build"]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("shippable: true", ["a", "b"]),
        ("shippable: false", ["c"]),
        ("build-platform: linux", ["a"]),
        ("build-platform: lin", []),
        ("build-platform: 'win.*'", ["b", "c"]),
        ("build-platform: [linux, win64]", ["a", "c"]),
        ("locale: null", ["a", "b"]),
        ("rank: 1", ["b"]),
    ],
)
def test_attributes_select_by_value_list_or_pattern(condition: str, expected: list[str]) -> None:
    upstream = [
        task("build", "a", shippable=True, build_platform="linux", rank=True),
        task("build", "b", shippable=True, build_platform="win32", rank=1),
        task("build", "c", shippable=False, build_platform="win64", locale="de"),
    ]
    made = of(f"{{with-attributes: {{{condition}}}}}", upstream)
    assert [one.name for one in made] == expected


def test_one_unwanted_attribute_suffices_to_leave_a_task_out() -> None:
    upstream = [task("b", "a", x=1), task("b", "b", y=1), task("b", "c", x=2, y=2)]
    made = of("{without-attributes: {x: 1, y: [2, 3]}}", upstream)
    assert [one.name for one in made] == ["b"]


def test_platform_groups_unite_the_tasks_of_a_build() -> None:
    upstream = [
        task("build", "linux/opt", **LINUX),
        task("build", "mac/opt", **MAC),
        task("sign", "linux/opt", **LINUX),
    ]
    linux, mac = of("{group-by: platform}", upstream)
    assert linux.dependencies == {"build": "build-linux/opt", "sign": "sign-linux/opt"}
    assert mac.dependencies == {"build": "build-mac/opt"}


def test_a_task_of_several_locales_is_in_the_group_of_each() -> None:
    upstream = [
        task("repack", "linux-de/opt", **LINUX, locale="de"),
        task("repack", "linux-fr/opt", **LINUX, locale="fr"),
        task("repack", "linux/opt", **LINUX),
        task("sign", "linux-1/opt", **LINUX, chunk_locales=["de", "fr"]),
    ]
    made = run(
        "from_deps",
        'entry: {name: "{locale}", from-deps: {group-by: platform-locale, primary: [repack]}}',
        upstream,
    )
    assert {one.name: list(one.dependencies.values()) for one in made.tasks} == {
        "de": ["repack-linux-de/opt", "sign-linux-1/opt"],
        "fr": ["repack-linux-fr/opt", "sign-linux-1/opt"],
        "en-US": ["repack-linux/opt"],
    }
    assert [one.attributes.get("locale") for one in made.tasks] == ["de", "fr", None]


def test_a_locale_group_whose_primary_has_several_locales_has_one() -> None:
    upstream = [task("sign", "linux-1/opt", **LINUX, chunk_locales=["de", "fr"])]
    made = run(
        "from_deps",
        'entry: {name: "{locale}", from-deps: {group-by: platform-locale}}',
        upstream,
    )
    attributes = [one.attributes for one in made.tasks]
    assert [a["locale"] for a in attributes] == ["de", "fr"]
    assert not any("chunk_locales" in a for a in attributes)


@pytest.mark.parametrize(
    ("by", "lacking"),
    [
        ("product", "product"),
        ("platform", "build platform"),
        ("platform-locale", "build platform"),
        ("chunk", "build platform and l10n chunk"),
    ],
)
def test_a_task_that_lacks_what_groups_are_made_by_is_skipped_with_the_reason(
    by: str, lacking: str
) -> None:
    made = run("from_deps", f"entry: {{from-deps: {{group-by: {by}}}}}", [task("build", "a")])
    assert skipped(made) == {"kind-a": f"upstream `build-a` has no {lacking}"}


def test_chunks_are_grouped_by_platform_and_number() -> None:
    upstream = [
        task("repack", "linux-1", **LINUX, l10n_chunk="1"),
        task("repack", "linux-2", **LINUX, l10n_chunk="2"),
        task("sign", "linux-1", **LINUX, l10n_chunk="1"),
        task("sign", "mac-1", **MAC, l10n_chunk="1"),
    ]
    made = of("{group-by: chunk}", upstream)
    assert [list(one.dependencies) for one in made] == [["repack", "sign"], ["repack"], ["sign"]]


def test_nought_and_false_and_empty_text_are_values_to_group_by() -> None:
    values = [0, False, "", 0]
    upstream = [task("b", str(i), rank=value) for i, value in enumerate(values)]
    upstream.append(task("b", "x"))
    made = run(
        "from_deps",
        "entry: {from-deps: {group-by: {attribute: rank}, unique-kinds: false}}",
        upstream,
    )
    assert [list(one.dependencies) for one in made.tasks] == [["b-0", "b-3"], ["b-1"], ["b-2"]]
    assert skipped(made) == {"kind-x": "upstream `b-x` has no attribute `rank`"}


def test_the_first_primary_kind_that_is_there_gives_name_attributes_and_the_first_edge() -> None:
    upstream = [
        task("build", "linux/opt", **LINUX, colour="grey"),
        task("sign", "linux-signed/opt", **LINUX, colour="blue"),
        task("build", "mac/opt", **MAC, colour="red"),
    ]
    linux, mac = of("{group-by: platform, primary: [notarize, sign, build]}", upstream,
                    depends=["notarize"])  # fmt: skip
    assert (linux.name, linux.attributes["colour"]) == ("linux-signed/opt", "blue")
    assert list(linux.dependencies) == ["sign", "build"]
    assert (mac.name, mac.attributes["colour"]) == ("mac/opt", "red")


@pytest.mark.parametrize("more", ["", ", primary: [b]"])
def test_an_upstream_entry_that_moves_in_its_file_renames_nothing(more: str) -> None:
    upstream = [task("b", "x", rank=1), task("b", "a", rank=2), task("b", "z", rank=3)]
    section = f"{{group-by: all, unique-kinds: false{more}}}"
    made = [of(section, order) for order in (upstream, upstream[::-1])]
    for (one,) in made:
        assert (one.label, one.attributes["rank"]) == ("kind-a", 2)
        assert next(iter(one.dependencies)) == "b-a"


def test_groups_without_primary_or_required_kinds_are_skipped_with_the_reason() -> None:
    upstream = [
        task("build", "linux/opt", **LINUX),
        task("sign", "linux/opt", **LINUX),
        task("build", "mac/opt", **MAC),
    ]
    for key in ("primary", "require"):
        made = run("from_deps", f"entry: {{from-deps: {{group-by: platform, {key}: [sign]}}}}",
                   upstream)  # fmt: skip
        assert names(made) == ["linux/opt"]
        assert skipped(made) == {"kind-macosx64-opt-browser": "no upstream task of kind `sign`"}


def test_what_an_upstream_task_says_of_itself_alone_is_not_copied() -> None:
    upstream = [task("b", "a", **dict.fromkeys(NEVER_COPIED, "build"), colour="red")]
    (made,) = of("{}", upstream)
    assert made.attributes == {
        "colour": "red",
        "primary_dependency_label": "b-a",
        "primary_kind_dependency": "b",
        "shipping_phase": "promote",
        "shipping_product": None,
    }


@pytest.mark.parametrize(
    ("keys", "copied"),
    [
        ("copy-attributes: false", set()),
        ("copy-attributes: [build-platform]", {"build_platform"}),
        ("copy-attributes: [shipping-phase, build-type]", {"build_type"}),
        ("drop-attributes: [build-type]", {"build_platform"}),
    ],
)
def test_the_entry_chooses_which_attributes_are_copied(keys: str, copied: set[str]) -> None:
    upstream = [task("b", "a", build_platform="linux", build_type="opt", shipping_phase="build")]
    (made,) = of(f"{{{keys}}}", upstream)
    assert made.attributes.keys() & {"build_platform", "build_type"} == copied
    assert made.attributes["shipping_phase"] == "promote"


def test_two_kinds_may_share_an_edge_if_no_group_has_both() -> None:
    section = "{group-by: platform, names: {sign: signing, notarize: signing}}"
    upstream = [task("sign", "linux/opt", **LINUX), task("notarize", "mac/opt", **MAC)]
    assert [list(one.dependencies) for one in of(section, upstream)] == [["signing"]] * 2
    upstream.append(task("sign", "mac/opt", **MAC))
    found = refusal("from_deps", f"entry: {{from-deps: {section}}}", upstream)
    assert "`sign-mac/opt` and `notarize-mac/opt` would both be the edge `signing`" in found.what


def test_two_tasks_of_a_kind_need_edges_named_by_label() -> None:
    upstream = [task("b", "1"), task("b", "2"), task("c", "1")]
    found = refusal("from_deps", "entry: {from-deps: {group-by: all}}", upstream)
    assert found.code == "T411"
    assert "unique-kinds: false" in found.remedy
    (made,) = of("{group-by: all, unique-kinds: false, names: {c: signing}}", upstream)
    assert list(made.dependencies) == ["b-1", "b-2", "signing"]


@pytest.mark.parametrize(
    ("how", "name"), [("strip-kind", "a"), ("retain-kind", "build-a"), ("false", "entry")]
)
def test_the_name_is_the_primarys_or_its_label_or_the_entrys(how: str, name: str) -> None:
    (made,) = of(f"{{set-name: {how}}}", [task("build", "a")])
    assert made.name == name


@pytest.mark.parametrize(
    ("section", "what", "remedy", "path"),
    [
        ("{kinds: [biuld]}", "`biuld` is not a kind-dependency", "did you mean `build`?",
         ("kinds", 0)),
        ("{primary: [biuld]}", "`biuld` is not a kind of this section", "did you mean `build`?",
         ("primary", 0)),
        ("{names: {biuld: x}}", "`biuld` is not a kind of this section", "did you mean `build`?",
         ("names", "biuld")),
        ("{group-by: {attribute: build-platfrom}}",
         "`build-platfrom` is not an attribute of an upstream task",
         "did you mean `build-platform`?",
         ("group-by", "attribute")),
        ("{with-attributes: {build-platfrom: x}}",
         "`build-platfrom` is not an attribute of an upstream task",
         "did you mean `build-platform`?",
         ("with-attributes", "build-platfrom")),
        ("{with-attributes: {build-platform: '('}}", "`(` is not a regular expression", "",
         ("with-attributes", "build-platform")),
    ],
)  # fmt: skip
def test_unknown_names_are_refused_where_they_stand(
    section: str, what: str, remedy: str, path: tuple[str | int, ...]
) -> None:
    upstream = [task("build", "a", build_platform="linux")]
    found = refusal("from_deps", f"entry: {{from-deps: {section}}}", upstream)
    assert found.what.startswith(what)
    assert found.remedy == remedy
    assert found.where[0].path == ("from-deps", *path)


@pytest.mark.parametrize("section", ["{group-by: platfrom}", "{set-name: nope}", "{knids: [b]}"])
def test_unknown_words_are_found_before_anything_runs(section: str) -> None:
    found = refusal("from_deps", f"entry: {{from-deps: {section}}}", [task("build", "a")])
    assert found.code in {"K201", "K203"}


PLATFORMS = st.sampled_from(["linux", "mac", "win"])
TASKS = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), PLATFORMS, st.sampled_from([None, "de", "fr"])),
    max_size=20,
)


@given(TASKS, st.sampled_from(["single", "all", "platform"]))
def test_every_task_is_in_exactly_one_group(
    drawn: list[tuple[str, str, str | None]], by: str
) -> None:
    upstream = [
        task(kind, f"{place}", build_platform=platform, locale=locale)
        for place, (kind, platform, locale) in enumerate(drawn)
    ]
    made = of(f"{{group-by: {by}, unique-kinds: false}}", upstream, depends=["a"])
    labels = [label for one in made for label in one.dependencies.values()]
    assert sorted(labels) == sorted(one.label for one in upstream)
    assert [label for label in labels if label in labels[:1]] == labels[:1]


@given(TASKS, st.randoms(use_true_random=False))
def test_the_order_of_attributes_changes_nothing(
    drawn: list[tuple[str, str, str | None]], chance: random.Random
) -> None:
    def tasks(shuffle: bool) -> list[Task]:
        made = []
        for place, (kind, platform, locale) in enumerate(drawn):
            items: list[tuple[str, Any]] = [
                ("build_platform", platform),
                ("locale", locale),
                ("build_type", "opt"),
            ]
            if shuffle:
                chance.shuffle(items)
            made.append(task(kind, f"{place}", **dict(items)))
        return made

    section = "{group-by: platform-locale, unique-kinds: false}"
    first, second = (
        [(one.label, tuple(one.dependencies.items())) for one in of(section, made, depends=["a"])]
        for made in (tasks(shuffle=False), tasks(shuffle=True))
    )
    assert first == second


class _Counting(dict[str, object]):
    """Attributes that count how often they are asked."""

    asked = 0

    def get(self, name: str, default: object = None) -> object:
        _Counting.asked += 1
        return super().get(name, default)


def test_the_cost_grows_with_the_number_of_tasks_not_with_its_square() -> None:
    def cost(count: int) -> int:
        _Counting.asked = 0
        upstream = [
            attrs.evolve(
                task(kind, str(n)), attributes=_Counting(build_platform=f"p{n}", shippable=True)
            )
            for kind in ("build", "sign")
            for n in range(count)
        ]
        made = of("{group-by: platform, with-attributes: {shippable: true}}", upstream)
        assert len(made) == count
        return _Counting.asked

    assert cost(200) <= 2 * cost(100) + 10
