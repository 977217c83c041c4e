import pytest

from relpro.model.policy import Localisation, Policy
from relpro.model.task import Task
from relpro.testing.factories import make_task
from relpro.verify.locales import every_locale_has_one_task
from tests.verify.found import At, find, told

CHANGESETS = {
    "de": {"platforms": ["linux64", "win64"]},
    "fr": {"platforms": ["linux64", "win64"]},
    "ja": {"platforms": ["linux64", "mac"]},
    "ja-JP-mac": {"platforms": ["linux64", "mac"]},
}
LISTED = At("real", "3", {"release_partner_config": CHANGESETS})


def policy(**kinds: tuple[str, ...]) -> Policy:
    return Policy(localisation=Localisation("{release-partner-config}", "{build-platform}", kinds))


def localised(kind: str, platform: str, *locales: str, product: str = "widget") -> list[Task]:
    return [
        make_task(
            f"{kind}-{locale}-{platform}-{product}",
            product=product,
            attributes={"locale": locale, "build_platform": platform},
        )
        for locale in locales
    ]


def found(*tasks: Task, at: At = LISTED, **kinds: tuple[str, ...]) -> list[str]:
    return told(find(every_locale_has_one_task, *tasks, policy=policy(**kinds), at=at))


def test_a_locale_without_a_task_is_found() -> None:
    tasks = localised("l10n", "win64", "de")
    assert found(*tasks, l10n=("*",)) == ["G310: kind `l10n` has no task for `fr` of `win64`"]


def test_a_task_for_each_locale_that_the_changesets_list_is_right() -> None:
    tasks = [*localised("l10n", "win64", "de", "fr"), *localised("l10n", "mac", "ja-JP-mac")]
    assert found(*tasks, l10n=("*",)) == []


def test_a_task_for_a_locale_that_is_not_listed_is_found() -> None:
    tasks = localised("l10n", "win64", "de", "fr", "ja")
    assert found(*tasks, l10n=("*",)) == [
        "G310: kind `l10n` has a task for `ja` of `win64`, which the changesets do not list"
    ]


def test_a_second_task_for_a_locale_is_found() -> None:
    other = make_task(
        "l10n-2", product="widget", attributes={"locale": "de", "build_platform": "win64"}
    )
    tasks = [*localised("l10n", "win64", "de", "fr"), other]
    assert found(*tasks, l10n=("*",)) == [
        "G310: kind `l10n` has more than one task for `de` of `win64`"
    ]


def test_a_platform_that_one_kind_leaves_out_is_found() -> None:
    tasks = [
        *localised("l10n", "win64", "de", "fr"),
        *localised("l10n", "linux64", "de", "fr", "ja"),
        *localised("sign", "linux64", "de", "fr", "ja"),
    ]
    assert found(*tasks, l10n=("*",), sign=("*",)) == [
        "G310: kind `sign` has no task for `de`, `fr` of `win64`"
    ]
    assert found(*tasks, l10n=("*",), sign=("linux*",)) == []


def test_each_product_has_locales_of_its_own() -> None:
    tasks = [
        *localised("l10n", "win64", "de", "fr"),
        *localised("l10n", "win64", "de", product="gadget"),
    ]
    assert found(*tasks, l10n=("*",)) == ["G310: kind `l10n` has no task for `fr` of `win64`"]


def test_chunks_count_for_the_locales_in_them_and_en_us_for_none() -> None:
    chunks = [
        make_task(
            f"l10n-{number}", attributes={"chunk_locales": locales, "build_platform": "win64"}
        )
        for number, locales in enumerate((["de"], ["fr"]))
    ]
    english = make_task("l10n-en", attributes={"locale": "en-US", "build_platform": "win64"})
    assert found(*chunks, english, l10n=("*",)) == []
    assert found(chunks[0], l10n=("*",)) == ["G310: kind `l10n` has no task for `fr` of `win64`"]


def test_a_kind_without_tasks_is_not_generated_and_not_judged() -> None:
    tasks = localised("l10n", "win64", "de", "fr")
    assert found(*tasks, l10n=("*",), sign=("*",)) == []


def test_a_template_that_cannot_be_rendered_is_told_as_one() -> None:
    rules = Policy(localisation=Localisation("{no-such}", "{build-platform}", {"l10n": ("*",)}))
    tasks = localised("l10n", "win64", "de")
    (problem,) = find(every_locale_has_one_task, *tasks, policy=rules)
    assert problem.code == "T401"
    assert problem.what == "`policy.localisation`: no variable is called `no-such`"


@pytest.mark.parametrize(
    ("changesets", "platform", "what"),
    [
        ("win32*", "{build-platform}", '`changesets` must be a mapping by locale: "win32*"'),
        ("{release-partner-config}", "{chunk-locales}", "`platform` must be text: a list"),
    ],
)
def test_a_template_that_gives_another_type_is_refused(
    changesets: str, platform: str, what: str
) -> None:
    rules = Policy(localisation=Localisation(changesets, platform, {"l10n": ("*",)}))
    tasks = [make_task("l10n-0", attributes={"chunk_locales": ["de"], "build_platform": "win64"})]
    (problem,) = find(every_locale_has_one_task, *tasks, policy=rules)
    assert problem.code == "T403"
    said = what.replace(":", ", and is rendered to")
    assert problem.what == f"`policy.localisation`: {said}"
