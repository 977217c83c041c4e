"""Releases with partners: what is asked for, and the pipeline that makes it."""

from collections.abc import Mapping
from typing import Any

from relpro.goal import Goal
from relpro.pipeline import Pipeline
from relpro.project import Project
from tests.kinds.conftest import ROOT, Release

EME_FREE = "release-eme-free-repack"
REPACK = "release-partner-repack"
ATTRIBUTION = "release-partner-attribution"

_EVERYWHERE = ["linux64-shippable", "macosx64-shippable", "win32-shippable", "win64-shippable"]

#: Two partners: one shows everything to everybody, the other nothing to anybody.
CONFIG: Mapping[str, Any] = {
    EME_FREE: {
        "plain": {
            "plain": {
                "locales": ["de", "en-US", "ja", "ja-JP-mac"],
                "platforms": ["macosx64-shippable", "win64-shippable"],
                "upload_to_candidates": "true",
            }
        }
    },
    REPACK: {
        "open": {
            "open-1": {
                "locales": ["de", "en-US", "ja"],
                "platforms": _EVERYWHERE,
                "upload_to_candidates": "true",
                "publish_to_releases": "true",
                "repack_stub_installer": "true",
            }
        },
        "shy": {"shy-1": {"locales": ["fr"], "platforms": ["win32-shippable"]}},
    },
    ATTRIBUTION: {
        "defaults": {"medium": "distribution", "source": "browser"},
        "configs": [
            {
                "campaign": "hill",
                "content": "hill-1",
                "locales": ["de", "en-US"],
                "platforms": ["win64-shippable", "macosx64-shippable"],
                "upload_to_candidates": True,
            }
        ],
    },
}

ON = {
    "release_enable_emefree": True,
    "release_enable_partner_repack": True,
    "release_enable_partner_attribution": True,
    "release_partner_config": CONFIG,
}


def with_partners(
    release: Release, name: str = "release", flavor: str = "promote_firefox", **said: Any
) -> Pipeline:
    """The pipeline of a release with everything for partners on; `said` are parameters."""
    values = {**release(name).given.values, **ON, **said}
    return Pipeline.of(Project.find(ROOT), values, Goal(flavor=flavor))
