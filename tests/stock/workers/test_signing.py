from typing import Any

import pytest

from tests.stock.workers.examples import upstream
from tests.stock.workers.making import made


def sign(*items: Any) -> tuple[str, ...]:
    worker = {"signing-type": "dep-signing", "upstream-artifacts": list(items)}
    return made("signing", worker).artifacts


def mac(behavior: str | None, path: str) -> tuple[str, ...]:
    worker = {"signing-type": "dep-signing", "upstream-artifacts": [upstream(path)]}
    return made("iscript", worker | ({"behavior": behavior} if behavior else {})).artifacts


def test_the_certificate_is_the_only_scope() -> None:
    worker = {"signing-type": "dep-signing", "upstream-artifacts": [upstream("a", formats=["f"])]}
    scopes = ["project:app:releng:signing:cert:dep-signing"]
    assert made("signing", worker).definition["scopes"] == scopes
    assert made("iscript", worker).definition["scopes"] == scopes


def test_upstream_artifacts_name_tasks_by_reference() -> None:
    item = upstream("public/a.msi", formats=["x"], **{"authenticode-comment": "App"})
    worker = {"signing-type": "dep-signing", "upstream-artifacts": [item]}
    assert made("signing", worker).definition["payload"]["upstreamArtifacts"] == [
        {
            "taskId": {"task-reference": "<build>"},
            "taskType": "build",
            "paths": ["public/a.msi"],
            "formats": ["x"],
            "authenticode_comment": "App",
        }
    ]


@pytest.mark.parametrize(
    ("path", "name", "published"),
    [
        ("public/build/a.zip", "autograph_authenticode_202412", ("public/build/a.zip",)),
        (
            "public/build/a.tar.xz",
            "autograph_gpg",
            ("public/build/a.tar.xz", "public/build/a.tar.xz.asc", "public/build/KEY"),
        ),
        (
            "public/build/a.tar.xz",
            "gcp_prod_autograph_gpg:key",
            ("public/build/a.tar.xz", "public/build/a.tar.xz.asc", "public/build/KEY"),
        ),
        ("public/a", "stage_autograph_rsa", ("public/a", "public/a.sig")),
        ("public/a.rpm", "autograph_rpmsign", ("public/a.rpm", "public/build/RPM-KEY")),
        ("public/build/de/a.dmg", "macapp", ("public/build/de/a.tar.gz",)),
        ("public/a.dmg", "autograph_gpg", ("public/a.dmg", "public/a.dmg.asc", "public/build/KEY")),
        ("public/build/*.xpi", "autograph_gpg", ("public/build/", "public/build/KEY")),
    ],
)
def test_what_is_published_follows_from_the_formats(
    path: str, name: str, published: tuple[str, ...]
) -> None:
    assert sign(upstream(path, formats=[name])) == published


def test_the_public_key_is_published_once() -> None:
    items = [upstream(path, formats=["autograph_gpg"]) for path in ("a", "b")]
    assert sign(*items) == ("a", "a.asc", "b", "b.asc", "public/build/KEY")


@pytest.mark.parametrize(
    ("behavior", "path", "published"),
    [
        (None, "public/a.dmg", ("public/a.tar.gz",)),
        ("mac_sign", "public/a.tar.gz", ("public/a.tar.gz",)),
        ("mac_sign_and_pkg", "public/a.dmg", ("public/a.tar.gz", "public/a.pkg")),
        ("mac_sign_and_pkg_hardened", "public/a.tar.gz", ("public/a.tar.gz", "public/a.pkg")),
        ("mac_sign_pkg", "public/a.pkg", ("public/a.pkg",)),
        ("mac_single_file", "public/bin/*", ("public/bin/",)),
    ],
)
def test_what_a_mac_publishes_follows_from_the_behavior(
    behavior: str | None, path: str, published: tuple[str, ...]
) -> None:
    assert mac(behavior, path) == published
