import pytest

from relpro.verify.bodies import check_body
from tests.verify import bodies as b
from tests.verify.bodies import GONE, Cases, changed, less, more, upstream

PREFIX = "project:releng:beetmover"

BROKEN: Cases = {
    "no bucket": (
        "scriptworker-beetmover",
        less(b.RELEASES, ":bucket:release"),
        "exactly one scope for a bucket, apt-repo or yum-repo is needed, found none",
    ),
    "a bucket and a repository": (
        "scriptworker-beetmover",
        more(b.RELEASES, f"{PREFIX}:yum-repo:nightly"),
        (
            "exactly one scope for a bucket, apt-repo or yum-repo is needed,"
            " found `release`, `nightly`"
        ),
    ),
    "no action": (
        "scriptworker-beetmover",
        less(b.RELEASES, ":push-to-releases"),
        "exactly one scope `...:beetmover:action:<name>` is needed, found none",
    ),
    "an action under another prefix": (
        "scriptworker-beetmover",
        more(less(b.RELEASES, "releases"), "project:app:beetmover:action:push-to-releases"),
        "the scopes of bucket and action have prefixes `project:releng` and `project:app`",
    ),
    "candidates without a map": (
        "scriptworker-beetmover",
        changed(b.CANDIDATES, "payload", "artifactMap", GONE),
        "`payload` lacks `artifactMap`",
    ),
    "candidates without a locale": (
        "scriptworker-beetmover",
        changed(b.CANDIDATES, "payload", "upstreamArtifacts", [upstream("public/a.zip")]),
        "`payload.upstreamArtifacts[0]` lacks `locale`",
    ),
    "partners without a build": (
        "scriptworker-beetmover",
        changed(b.PARTNER, "payload", "build_number", GONE),
        "`payload` lacks `build_number`",
    ),
    "candidates without a build": (
        "scriptworker-beetmover",
        changed(b.CANDIDATES, "payload", "build_number", GONE),
        "`payload` lacks `build_number`",
    ),
    "a destination without a checksums path": (
        "scriptworker-beetmover",
        changed(
            b.CANDIDATES,
            "payload",
            "artifactMap",
            0,
            "paths",
            {"public/a.zip": {"destinations": ["a"]}},
        ),
        '`payload.artifactMap[0].paths["public/a.zip"]` lacks `checksums_path`',
    ),
    "maven without a version": (
        "scriptworker-beetmover",
        changed(b.MAVEN, "payload", "version", GONE),
        "`payload` lacks `version`",
    ),
    "a maven folder of another version": (
        "scriptworker-beetmover",
        changed(
            b.MAVEN,
            "payload",
            "artifactMap",
            b.artifact_map("public/a.aar", "maven2/view/92.0/view-92.0.1.aar"),
        ),
        (
            "the last folder of destination `maven2/view/92.0/view-92.0.1.aar`"
            " is not the version `92.0.1`"
        ),
    ),
    "a maven file of another version": (
        "scriptworker-beetmover",
        changed(
            b.MAVEN,
            "payload",
            "artifactMap",
            b.artifact_map("public/a.aar", "maven2/view/92.0.1/view.aar"),
        ),
        "the file name of destination `maven2/view/92.0.1/view.aar` lacks the version `92.0.1`",
    ),
    "a push of nothing in particular": (
        "scriptworker-beetmover",
        changed(b.RELEASES, "payload", "product", GONE),
        "`payload` lacks `product`",
    ),
    "a build number in words": (
        "scriptworker-beetmover",
        changed(b.RELEASES, "payload", "build_number", "1"),
        '`payload.build_number` is `"1"`, not of type `number`',
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_beetmoverscript_refuses_is_the_one_thing_said(case: str) -> None:
    implementation, body, text = BROKEN[case]
    assert list(check_body(implementation, body)) == [text]
