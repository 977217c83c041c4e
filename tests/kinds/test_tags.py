"""Names of tags, by which later releases fetch files from the tree."""

import pytest

from relpro.testing.factories import make_config
from relpro.testing.transforming import make_context, make_description
from transforms.tags import add_tag


@pytest.mark.parametrize(
    ("product", "version", "step", "tag"),
    [
        ("firefox", "92.0.1", "build1", "FIREFOX_92_0_1_BUILD1"),
        ("firefox", "140.0", "release", "FIREFOX_140_0_RELEASE"),
        ("firefox", "153.0b3", "release", "FIREFOX_153_0b3_RELEASE"),
        ("devedition", "153.0b12", "build12", "DEVEDITION_153_0b12_BUILD12"),
        ("firefox", "140.13.0esr", "release", "FIREFOX_140_13_0esr_RELEASE"),
        ("firefox-android", "153.0b3", "release", "FIREFOX-ANDROID_153_0b3_RELEASE"),
    ],
)
def test_only_the_product_is_in_capitals(product: str, version: str, step: str, tag: str) -> None:
    said = {"tag": {"product": product, "version": version, "as": step}}
    made = add_tag(make_context(make_config()), make_description("x", sections=said))
    assert made.worker["tag-info"]["tags"] == [tag]
