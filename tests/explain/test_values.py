"""What set a value of a task."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from relpro.errors import RelproError
from relpro.explain.body import Setting
from relpro.explain.paths import look_up, parse_path, spelling
from relpro.explain.values import explain_value
from relpro.pipeline import Pipeline
from tests.explain.conftest import NOTES, Release

CERTIFICATE = NOTES / "transforms" / "certificate.py"


def _settings(release: Release, label: str, path: str) -> list[tuple[str, object]]:
    found = explain_value(release("promote"), label, parse_path(path))
    return [(str(one.place), one.value) for one in found]


def _last(release: Release, label: str, path: str) -> Setting:
    return explain_value(release("promote"), label, parse_path(path))[-1]


def test_a_value_of_the_kind_names_file_and_line(release: Release) -> None:
    assert _settings(release, "l10n-linux64-1", "payload.maxRunTime") == [
        ("kinds/promote/l10n.yml:13:7", 1800)
    ]


def test_both_spellings_lead_to_the_value(release: Release) -> None:
    for path in ("payload.maxRunTime", "worker.max-run-time", "task.payload.maxRunTime"):
        assert _last(release, "l10n-linux64-1", path).value == 1800


def test_what_a_keyed_value_chose_is_told(release: Release) -> None:
    setting = _last(release, "app-win64", "payload.maxRunTime")
    assert setting.choices == ("by-build-platform: `win64` takes `win.*`",)
    assert str(setting.place) == "kinds/build/app.yml:9:40"


def test_what_a_variable_stands_for_is_told(release: Release) -> None:
    setting = _last(release, "store-notes", "payload.google_play_track")
    assert setting.choices == (
        "{store-track} is main",
        "{store-track} by-release-level: `production` takes `production`",
    )


def test_a_transform_that_changes_a_value_comes_after_the_kind(release: Release) -> None:
    found = explain_value(release("promote"), "signing-win64", ("worker", "signing-type"))
    assert [(one.by, one.value) for one in found] == [
        ("the kind", "none"),
        ("transform `transforms.certificate.choose_certificate`", "release-signing"),
    ]
    assert str(found[1].place).startswith("transforms/certificate.py:")


def test_what_the_payload_builder_makes_comes_last(release: Release) -> None:
    setting = _last(release, "signing-win64", "scopes")
    assert setting.value == ["project:notes:releng:signing:cert:release-signing"]
    assert setting.by == "payload builder of `scriptworker-signing` (signing)"
    assert str(setting.place).startswith("relpro/stock/workers/signing.py:")


@pytest.mark.parametrize(
    ("path", "by"),
    [
        ("metadata.owner", "made of parameter `owner`"),
        ("tags.kind", "made of kind, name and dependencies of the task"),
        ("tags.os", "worker alias `b-linux` of the configuration"),
        ("tags.worker-implementation", "payload builder of `docker-worker` (docker_worker)"),
    ],
)
def test_what_every_task_gets_is_told_by_what_it_is_made_of(
    release: Release, path: str, by: str
) -> None:
    assert _last(release, "app-win64", path).by == by


def test_routes_and_images_lead_to_the_key_that_asks_for_them(
    edited: Callable[..., Pipeline],
) -> None:
    shown = "routes: [notes.built]\n  treeherder: {symbol: B, platform: '{name}/opt'}"
    edits = {
        "kinds/build/app.yml": (
            "  worker:\n    docker-image: notes/build",
            f"  {shown}\n  deadline-after: 2 hours\n  worker:\n    docker-image: {{in-tree: b}}",
        ),
        "kinds/build/lint.yml": ("  sources:\n", "  sources:\n    label: docker-image-b\n"),
    }
    pipeline = edited(edits)

    def last(path: str) -> tuple[str, str]:
        setting = explain_value(pipeline, "app-win64", parse_path(path))[-1]
        return setting.by, str(setting.place)

    assert last("routes.0") == ("the kind", "kinds/build/app.yml:7:12")
    assert last("routes.1") == ("made of `treeherder` of the kind", "kinds/build/app.yml:8:3")
    assert last("deadline") == ("the kind", "kinds/build/app.yml:9:3")
    image = ("made of `worker.docker-image` of the kind", "kinds/build/app.yml:11:5")
    assert last("dependencies.docker-image") == image


def test_what_the_configuration_leaves_open_is_told_as_a_default(release: Release) -> None:
    setting = _last(release, "app-win64", "deadline")
    assert setting.by == "the default of `task-deadline-after` of the configuration"


@pytest.mark.parametrize(
    ("path", "by"),
    [
        ("schedulerId", "`trust-domain` of the configuration"),
        ("provisionerId", "worker alias `b-linux` of the configuration"),
    ],
)
def test_what_the_configuration_says_names_its_line(release: Release, path: str, by: str) -> None:
    setting = _last(release, "app-win64", path)
    assert setting.by == by
    assert setting.place is not None
    lines = (NOTES / setting.place.file).read_text().splitlines()
    assert by.split("`")[1] in lines[(setting.place.line or 0) - 1]


@pytest.mark.parametrize(
    ("path", "name", "section"),
    [
        ("attributes.l10n_chunk", "locales", "`locales`: kinds/promote/l10n.yml:7:5"),
        ("attributes.build-platform", "from_deps", "`from-deps`: kinds/promote/l10n.yml:6:5"),
        ("dependencies.app", "from_deps", "`from-deps`: kinds/promote/l10n.yml:6:5"),
    ],
)
def test_an_expander_is_told_with_the_section_that_it_goes_by(
    release: Release, path: str, name: str, section: str
) -> None:
    (setting,) = explain_value(release("promote"), "l10n-linux64-1", parse_path(path))
    assert setting.by == f"transform `relpro.stock.{name}.{name}`"
    assert str(setting.place).startswith(f"relpro/stock/{name}.py:")
    assert setting.choices == (section,)


def test_expanders_are_told_in_their_order_and_before_the_kind(
    edited: Callable[..., Pipeline],
) -> None:
    said = "attributes: {primary-kind-dependency: '{name}'}\n    description: 'Pack"
    pipeline = edited({"kinds/promote/l10n.yml": ("description: 'Pack", said)}, "promote")

    def told(path: str) -> list[tuple[str, object]]:
        found = explain_value(pipeline, "l10n-linux64-2", parse_path(path))
        return [(one.by.removeprefix("transform `relpro.stock."), one.value) for one in found]

    assert told("attributes.primary_kind_dependency") == [
        ("from_deps.from_deps`", "app"),
        ("the kind", "linux64-2"),
    ]
    every = told("attributes")
    assert [by for by, _ in every] == [
        "from_deps.from_deps`",
        "locales.locales`",
        "the kind",
    ]
    assert [len(value) for _, value in every if isinstance(value, dict)] == [4, 6, 7]


def test_an_expander_of_the_project_is_told(edited: Callable[..., Pipeline]) -> None:
    edits = {
        "kinds/promote/l10n.yml": ("stock.locales]", "stock.locales, transforms.certificate]"),
        "kinds/promote/signing.yml": (", transforms.certificate]", "]"),
        "transforms/certificate.py": (CERTIFICATE.read_text(), RANKED),
    }
    pipeline = edited(edits, "promote")
    (setting,) = explain_value(pipeline, "l10n-win64-1-first", ("attributes", "rank"))
    assert (setting.by, setting.value) == ("transform `transforms.certificate.rank`", 1)
    assert str(setting.place) == "transforms/certificate.py:6"
    assert setting.choices == ()


RANKED = '''"""Leaves each task as it is, but for one."""

from relpro import expand


def rank(ctx, draft):
    if draft.name != "win64-1":
        return draft
    return [draft.replace(name="win64-1-first").with_attributes(rank=1)]


transforms = (expand(rank),)
'''


def test_a_list_that_nothing_fills_is_told_as_the_engine_s(release: Release) -> None:
    setting = _last(release, "store-notes", "routes")
    assert (setting.value, setting.by) == ([], "the engine, where nothing else says anything")
    assert str(setting.place) == "kinds/ship/store.yml:4:3"


def test_a_value_that_is_not_there_is_an_error(release: Release) -> None:
    with pytest.raises(RelproError, match=r"has nothing at `payload\.nothing`"):
        _last(release, "app-win64", "payload.nothing")


def test_a_wrong_key_suggests_one_and_else_all_that_are_there(release: Release) -> None:
    with pytest.raises(RelproError) as caught:
        _last(release, "app-win64", "payload.maxRuntime")
    assert caught.value.diagnostics[0].remedy == "did you mean `maxRunTime`?"
    with pytest.raises(RelproError) as caught:
        _last(release, "app-win64", "payload.env.NOTHING.deeper")
    assert caught.value.diagnostics[0].remedy.startswith("`payload.env` has: `")


def test_all_dependencies_are_explained_together(release: Release) -> None:
    setting = _last(release, "l10n-linux64-1", "dependencies")
    assert setting.by == "transform `relpro.stock.from_deps.from_deps`"
    assert setting.value == {"app": "app-linux64"}


def _keys(value: object) -> Sequence[str]:
    return tuple(value) if isinstance(value, Mapping) else ()


def test_every_value_of_every_task_is_explained(release: Release) -> None:
    pipeline = release("ship", fresh=True)
    for task in pipeline.full:
        paths = [
            *((name,) for name, value in task.definition.items() if value),
            *((name, key) for name in task.definition for key in _keys(task.definition[name])),
        ]
        for path in paths:
            setting = explain_value(pipeline, task.label, path)[-1]
            assert setting.by != "what set it is not known"
            if path[0] in {"payload", "tags", "metadata"}:
                assert setting.value == look_up(task.definition, path)


def test_paths_are_read_as_they_are_told() -> None:
    assert parse_path('payload.artifacts[0]["public/a.zip"].name') == (
        "payload", "artifacts", 0, "public/a.zip", "name",
    )  # fmt: skip
    assert {spelling("maxRunTime"), spelling("max-run-time"), spelling("max_run_time")} == {
        "max-run-time"
    }


WHOLE = '''"""Gives each task a number among its kind."""

from relpro import whole


def number(ctx, tasks):
    for place, task in enumerate(tasks):
        yield task.with_worker(env={"NUMBER": str(place)})


transforms = (whole(number),)
'''


def test_a_transform_of_the_whole_kind_is_told_as_well(
    edited: Callable[..., Pipeline],
) -> None:
    edits = {
        "kinds/promote/l10n.yml": ("stock.locales]", "stock.locales, transforms.certificate]"),
        "kinds/promote/signing.yml": (", transforms.certificate]", "]"),
        "transforms/certificate.py": (CERTIFICATE.read_text(), WHOLE),
    }
    pipeline = edited(edits, "promote")
    (setting,) = explain_value(pipeline, "l10n-win64-1", ("payload", "env", "NUMBER"))
    assert (setting.value, setting.by) == ("2", "transform `transforms.certificate.number`")


def test_attributes_that_every_task_has_come_from_the_kind(release: Release) -> None:
    assert _last(release, "signing-win64", "attributes.shipping_phase").by == (
        "the kind's phase and product"
    )
    setting = _last(release, "store-notes", "attributes.required_signoffs[0]")
    assert str(setting.place) == "kinds/ship/store.yml:7:38"


def test_a_key_that_is_made_of_a_variable_leads_to_its_line(
    edited: Callable[..., Pipeline],
) -> None:
    edits = {"kinds/build/app.yml": ("env: {PLATFORM:", "env: {'IS_{name}': yes, PLATFORM:")}
    (setting,) = explain_value(edited(edits), "app-win64", ("payload", "env", "IS_win64"))
    assert (str(setting.place), setting.value) == ("kinds/build/app.yml:12:11", "yes")
