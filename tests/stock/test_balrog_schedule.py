from typing import Any

from tests.stock.chains import names, refusal, run, skipped

ENTRY = "t: {balrog-schedule: {without-rules: [nightly]}, worker: {publish-rules: %s}}"


def of(level: str, release_type: str) -> dict[str, Any]:
    values = {"project": "main", "level": level, "release_type": release_type}
    return {"parameters": values, "release_branches": ["main"]}


def test_a_release_without_rules_is_refused_in_production_only() -> None:
    entry = ENTRY % "[]"
    found = refusal("balrog_schedule", entry, **of("3", "beta"))
    assert (found.code, found.where[0].path) == ("T411", ("worker", "publish-rules"))
    assert found.what == "no rule of the update server offers releases of type `beta`"
    for level, release_type in (("1", "beta"), ("3", "nightly"), ("3", "")):
        made = run("balrog_schedule", entry, **of(level, release_type))
        assert list(skipped(made).values()) == [
            "the update server has no rule for this type of release"
        ]


def test_a_release_with_rules_is_scheduled() -> None:
    made = run("balrog_schedule", ENTRY % "[7]", **of("3", "beta"))
    assert names(made) == ["t"]
