"""What partners want built, as their repositories say, over a stand-in of GitHub on loopback."""

import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import orjson
import pytest

from relpro.actions.look_ups import Answer, ProjectLookUps, Question
from relpro.actions.promotion.partners import fitting_partners
from relpro.errors import RelproError, Unreachable
from relpro.project import Project
from tests.explain.conftest import foreign_transforms

__all__ = ["foreign_transforms"]

ROOT = Path(__file__).parents[2]

REPACK = "release-partner-repack"
ATTRIBUTION = "release-partner-attribution"
EME_FREE = "release-eme-free-repack"

MANIFEST = """\
<?xml version="1.0" encoding="UTF-8"?>
<manifest>
  <remote name="ours" fetch="https://github.com/builds"/>
  <remote name="theirs" fetch="ssh://git@github.com/partner02-inc/"/>
  <default remote="ours" revision="main"/>
  <project name="repack-scripts" path="scripts"/>
  <project name="partner01" path="partners/partner01"/>
  <project name="partner02.git" path="partners/partner02" remote="theirs" revision="abc123"/>
</manifest>
"""
CAMPAIGNS = """\
defaults: {medium: distribution, source: browser}
configs:
  - {campaign: hill, content: hill-1, locales: [de, en-US], platforms: [win64-shippable]}
"""
REPACK_1 = """\
# What partner01 wants.
aus="partner01"
dist_id='partner01'
locales="ja de  en-US xx"
linux-i686=false
linux-x86_64=true
mac=TRUE
win32=true
win64=true
win64-aarch64=false
upload_to_candidates=true
repack_stub_installer="True"
"""
REPACK_2 = "locales=xx\nwin32=true\npublish_to_releases=true\n"

#: (owner, name) -> (revision, path) -> text of a file.
Repositories = Mapping[tuple[str, str], Mapping[tuple[str, str], str]]
REPOSITORIES: Repositories = {
    ("builds", "manifests"): {
        ("HEAD", "default.xml"): MANIFEST,
        ("HEAD", "attribution_config.yml"): CAMPAIGNS,
    },
    ("builds", "bare"): {},
    ("builds", "torn"): {("HEAD", "default.xml"): "<manifest><remote"},
    ("builds", "lost"): {
        ("HEAD", "default.xml"): '<manifest><project name="a" remote="gone"/></manifest>'
    },
    ("builds", "far"): {
        ("HEAD", "default.xml"): """\
<manifest><remote name="r" fetch="git@github.com:builds"/>
<project name="shut01" remote="r"/><project name="shut02" remote="r"/></manifest>"""
    },
    ("builds", "partner01"): {
        ("main", "desktop/partner01-a/repack.cfg"): REPACK_1,
        ("main", "desktop/partner01-a/distribution/distribution.ini"): "[Global]",
        ("main", "desktop/partner01-b/readme.txt"): "nothing yet",
    },
    ("partner02-inc", "partner02"): {("abc123", "desktop/partner02/repack.cfg"): REPACK_2},
}
SECRET = "project%2Freleng%2Fgecko%2Fbuild%2Flevel-3%2Fpartner-github-api"


class _Server(BaseHTTPRequestHandler):
    """GitHub's API, as far as it is asked, and the secrets of a task's proxy."""

    secrets: ClassVar[dict[str, Any]] = {f"/api/secrets/v1/secret/{SECRET}": {"key": "sesame"}}

    def do_GET(self) -> None:
        found = self.secrets.get(self.path)
        message = "Secret not found"
        self._answer({"secret": found} if found else {"message": message}, 200 if found else 404)

    def do_POST(self) -> None:
        said = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["Authorization"] != "bearer sesame":
            self._answer({"message": "Bad credentials"}, 401)
            return
        given = said["variables"]
        found = REPOSITORIES.get((given["owner"], given["name"]))
        if found is None:
            errors = [{"message": "Could not resolve to a Repository"}]
            self._answer({"data": {"repository": None}, "errors": errors})
            return
        revision, _, path = given["expression"].partition(":")
        files = {name: text for (at, name), text in found.items() if at == revision}
        content = _tree(files, path) if path.endswith("/") else _blob(files, path)
        self._answer({"data": {"repository": {"object": content}}})

    def _answer(self, content: Any, status: int = 200) -> None:
        data = orjson.dumps(content)
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_words: Any) -> None:
        return


def _blob(files: Mapping[str, str], path: str) -> dict[str, str] | None:
    return {"text": files[path]} if path in files else None


def _tree(files: Mapping[str, str], folder: str) -> dict[str, Any] | None:
    """A folder and what is in its folders, as far as a query looks into them."""
    inside = {name.removeprefix(folder): text for name, text in files.items() if folder in name}
    folders: dict[str, list[dict[str, Any]]] = {}
    for name, text in inside.items():
        sub, _, rest = name.partition("/")
        content = {} if "/" in rest else {"text": text}
        folders.setdefault(sub, []).append({"name": rest.partition("/")[0], "object": content})
    entries = [{"name": name, "object": {"entries": found}} for name, found in folders.items()]
    return {"entries": [*entries, {"name": "a.txt", "object": {}}]} if entries else None


@pytest.fixture
def server(foreign_transforms: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("GITHUB_API_TOKEN", "TASKCLUSTER_PROXY_URL", "TASKCLUSTER_ROOT_URL"):
        monkeypatch.delenv(name, raising=False)
    with HTTPServer(("127.0.0.1", 0), _Server) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


@pytest.fixture
def github(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The server, and a token with which it answers."""
    monkeypatch.setenv("GITHUB_API_TOKEN", "sesame")
    return server


def answer(server: str, level: str = "3", **urls: str) -> Answer:
    """What this repository's project answers about partners, by kind with underscores."""
    question = Question(
        name="release_partner_config",
        product="firefox",
        project="mozilla-release",
        level=level,
        release_type="release",
        details={"urls": {kind.replace("_", "-"): url for kind, url in urls.items()}},
        settings={"github-api": f"{server}/graphql"},
    )
    return ProjectLookUps(Project(ROOT)).answer(question)


def repacks(server: str, repository: str = "manifests", level: str = "3") -> Any:
    """What is built of the partners in a manifest."""
    url = f"git@github.com:builds/{repository}.git"
    return answer(server, level, release_partner_repack=url)[REPACK]


def test_every_partner_of_the_manifest_has_its_builds_and_scripts_have_none(github: str) -> None:
    assert repacks(github) == {
        "partner01": {
            "partner01-a": {
                "locales": ["ja", "de", "en-US", "xx"],
                "platforms": [
                    *("linux64-shippable", "macosx64-shippable"),
                    *("win32-shippable", "win64-shippable"),
                ],
                "upload_to_candidates": "true",
                "repack_stub_installer": "true",
            }
        },
        "partner02": {
            "partner02": {
                "locales": ["xx"],
                "platforms": ["win32-shippable"],
                "publish_to_releases": "true",
            }
        },
    }


def test_a_promotion_keeps_what_the_release_has_locales_for(github: str) -> None:
    found = fitting_partners({REPACK: repacks(github)}, {"de": {}, "ja": {}})[REPACK]
    assert found.keys() == {"partner01"}
    assert found["partner01"]["partner01-a"]["locales"] == ["de", "en-US", "ja"]


def test_campaigns_stand_in_one_file_beside_the_manifest(github: str) -> None:
    url = "https://github.com/builds/manifests"
    found = answer(github, release_partner_attribution=url, release_eme_free_repack=url)
    assert found.keys() == {ATTRIBUTION, EME_FREE}
    assert found[ATTRIBUTION]["defaults"] == {"medium": "distribution", "source": "browser"}
    (config,) = found[ATTRIBUTION]["configs"]
    assert (config["campaign"], config["locales"]) == ("hill", ["de", "en-US"])


def test_a_task_takes_the_token_from_the_secret_of_its_level(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TASKCLUSTER_PROXY_URL", server)
    assert repacks(server).keys() == {"partner01", "partner02"}
    with pytest.raises(Unreachable, match=r"no token for GitHub") as error:
        repacks(server, level="1")
    (problem,) = error.value.diagnostics
    assert "level-1/partner-github-api` cannot be read: Secret not found" in problem.why


def test_without_a_token_it_says_where_one_is_looked_for(server: str) -> None:
    with pytest.raises(RelproError, match="no token for GitHub") as error:
        repacks(server)
    (problem,) = error.value.diagnostics
    assert "`GITHUB_API_TOKEN` is not set" in problem.why
    assert "let the task read the secret" in problem.remedy


def test_a_token_that_is_refused_is_told(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_API_TOKEN", "wrong")
    with pytest.raises(Unreachable, match="does not show repository `builds/manifests`") as error:
        repacks(server)
    assert error.value.diagnostics[0].why == "HTTP 401: Bad credentials"


@pytest.mark.parametrize(
    ("repository", "message"),
    [
        ("bare", r"repository `builds/bare` has no `default\.xml`"),
        ("torn", r"`default\.xml` of `builds/torn` cannot be read"),
        ("lost", r"`default\.xml` of `builds/lost` cannot be read"),
        ("none", r"does not show repository `builds/none`"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_named(
    github: str, repository: str, message: str
) -> None:
    with pytest.raises(RelproError, match=message):
        repacks(github, repository)


def test_every_partner_that_cannot_be_read_is_told_at_once(github: str) -> None:
    with pytest.raises(RelproError) as error:
        repacks(github, "far")
    assert [problem.what for problem in error.value.diagnostics] == [
        "GitHub does not show repository `builds/shut01`",
        "GitHub does not show repository `builds/shut02`",
    ]


def test_an_address_that_is_no_repository_is_refused(github: str) -> None:
    with pytest.raises(RelproError, match="`github` is not an address of a repository"):
        answer(github, release_eme_free_repack="github")


def test_a_token_that_no_header_holds_is_told(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_API_TOKEN", "\u2028sesame")
    with pytest.raises(Unreachable, match=r"Q707.*`GITHUB_API_TOKEN` holds no token"):
        repacks(server)
