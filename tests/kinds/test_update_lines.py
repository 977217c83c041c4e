"""What users are shown after an update is what the tree's `whats_new_page.yml` says."""

from collections.abc import Callable
from typing import Any

import pytest

from relpro.errors import RelproError
from relpro.testing.pipelines import MakePipeline

Lines = Callable[..., dict[str, list[dict[str, Any]]]]


@pytest.fixture
def lines(relpro_pipeline: MakePipeline) -> Lines:
    """Gives the update lines of a promotion by its parameters file."""

    def made(name: str, **said: Any) -> Any:
        product = "devedition" if name == "devedition" else "firefox"
        graph = relpro_pipeline(
            f"tests/graphs/{name}/parameters.yml",
            flavor=f"promote_{product}",
            kinds=("release-balrog-submit-toplevel",),
            **said,
        ).morphed.graph
        (task,) = graph
        return task.definition["payload"]["update_line"]

    return made


def test_pages_are_those_of_the_release_type(lines: Lines) -> None:
    channels = {
        name: [one["for"].get("channels", ["all"])[0] for one in lines(name)[""]]
        for name in ("firefox-beta", "devedition", "firefox-esr")
    }
    beta = ["all", "beta", "aurora"]
    assert channels == {"firefox-beta": beta, "devedition": beta, "firefox-esr": ["all"]}
    assert [one["for"] for one in lines("firefox-beta")["-No-WNP"]] == [{}]


def test_what_the_tree_says_is_what_is_shown(lines: Lines) -> None:
    page = {
        "type": "show-url",
        "url": "https://example.com/{product}/{version}/{version.major_number}/{build-id}",
        "conditions": {
            "update-channel": "beta",
            "versions": ["<{version.major_number}.0"],
            "build-ids": ["<{build-id}"],
            "blob-types": ["wnp"],
        },
    }
    assert lines("firefox-beta", whats_new_page=[page]) == {
        "": [
            {
                "fields": {
                    "actions": "showURL",
                    "openURL": "https://example.com/firefox/156.0/156/20250715120000",
                },
                "for": {
                    "channels": ["beta", "beta-localtest", "beta-cdntest"],
                    "versions": ["<156.0"],
                    "buildIDs": ["<20250715120000"],
                },
            }
        ],
        "-No-WNP": [],
    }


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        ({"type": "show-urls", "url": "https://example.com"}, "`show-urls` is no type"),
        ({"type": "show-url", "url": "https://example.com/{verison}"}, "names `{verison}`"),
    ],
)
def test_what_nobody_can_be_shown_is_refused(lines: Lines, entry: Any, what: str) -> None:
    with pytest.raises(RelproError, match=what):
        lines("firefox-beta", whats_new_page=[entry])
