import pytest

from relpro.verify.bodies import check_body
from relpro.verify.links import LINK_TYPES
from tests.verify import bodies as b
from tests.verify.bodies import Cases, changed, more, signed, upstream, with_scopes

TYPES = ", ".join(f"`{name}`" for name in LINK_TYPES)

STACKED = "apple_notarization_stacked"

BROKEN: Cases = {
    "a tag that no worker has": (
        "scriptworker-signing",
        changed(
            changed(b.SIGNING, "provisionerId", "app-3"),
            "tags",
            "worker-implementation",
            "scriptworker-signing",
        ),
        (
            "`tags.worker-implementation` is `scriptworker-signing`,"
            " not one of `docker-worker`, `generic-worker`, `scriptworker`"
        ),
    ),
    "an upstream task of unknown type": (
        "scriptworker-signing",
        signed({**upstream("public/a", formats=[]), "taskType": "packaging"}),
        (
            "`payload.upstreamArtifacts[0].taskType` is `packaging`,"
            f" which does not end in one of {TYPES}"
        ),
    ),
    "no formats": (
        "scriptworker-signing",
        signed(upstream("public/a")),
        "`payload.upstreamArtifacts[0]` lacks `formats`",
    ),
    "no upstream artifacts": (
        "scriptworker-signing",
        signed(),
        "`payload.upstreamArtifacts` holds fewer items than `1`",
    ),
    "no certificate": (
        "scriptworker-signing",
        with_scopes(b.SIGNING, "project:app:releng:signing:format:gpg"),
        "exactly one scope `...:signing:cert:<name>` is needed, found none",
    ),
    "two certificates": (
        "scriptworker-signing",
        more(b.SIGNING, "project:app:releng:signing:cert:dep-signing"),
        (
            "exactly one scope `...:signing:cert:<name>` is needed,"
            " found `...:signing:cert:release-signing`, `...:signing:cert:dep-signing`"
        ),
    ),
    "a comment without authenticode": (
        "scriptworker-signing",
        signed(upstream("public/a.msi", formats=["gpg"], authenticode_comment="x")),
        "`payload.upstreamArtifacts[0]` has an `authenticode_comment` but no authenticode format",
    ),
    "a comment on something else": (
        "scriptworker-signing",
        signed(
            upstream(
                "public/a.exe", formats=["autograph_authenticode_sha2"], authenticode_comment="x"
            )
        ),
        (
            "`payload.upstreamArtifacts[0]` has an `authenticode_comment`"
            " but no path that ends in `.msi`"
        ),
    ),
    "stacked notarization with another format": (
        "scriptworker-signing",
        signed(upstream("public/a.pkg", formats=[STACKED, "autograph_gpg"])),
        f"`payload.upstreamArtifacts[0].formats` mixes `{STACKED}` with `autograph_gpg`",
    ),
    "one path from two tasks": (
        "scriptworker-signing",
        signed(
            upstream("public/a", formats=["autograph_gpg"]),
            upstream("public/a", formats=["autograph_rsa"]),
        ),
        (
            "`payload.upstreamArtifacts[0]` and `payload.upstreamArtifacts[1]`"
            " have the same path `public/a`"
        ),
    ),
    "a certificate the mac signers lack": (
        "iscript",
        with_scopes(b.ISCRIPT, "project:app:releng:signing:cert:production-signing"),
        (
            "scope `...:signing:cert:production-signing` does not end in one of"
            " `dep-signing`, `nightly-signing`, `release-signing`"
        ),
    ),
    "a mac behavior that is none": (
        "iscript",
        changed(b.ISCRIPT, "payload", "behavior", "mac_seal"),
        (
            '`payload.behavior` is `"mac_seal"`, not one of `mac_geckodriver`, `mac_sign`,'
            " `mac_sign_hardened`, `mac_sign_and_pkg_hardened`, `mac_sign_and_pkg`,"
            " `mac_single_file`, `mac_sign_pkg`, `mac_sign_and_pkg_vpn`"
        ),
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_a_signing_script_refuses_is_the_one_thing_said(case: str) -> None:
    implementation, body, text = BROKEN[case]
    assert list(check_body(implementation, body)) == [text]


@pytest.mark.parametrize("prefix", ["project:releng", "project:comm:thing:releng", "project:xpi"])
def test_a_project_may_have_any_scope_prefix(prefix: str) -> None:
    body = with_scopes(b.SIGNING, f"{prefix}:signing:cert:release-signing")
    assert list(check_body("scriptworker-signing", body)) == []


@pytest.mark.parametrize("task_type", [*LINK_TYPES, "build:signing"])
def test_every_type_of_link_can_be_upstream(task_type: str) -> None:
    body = signed({**upstream("public/a", formats=[]), "taskType": task_type})
    assert list(check_body("scriptworker-signing", body)) == []
