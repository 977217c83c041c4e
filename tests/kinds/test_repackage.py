"""Formats of packages, as `kinds/data/formats.yml` says them."""

from typing import Any

import pytest

from relpro.testing.factories import make_config
from relpro.testing.transforming import make_context, make_description
from relpro.transform.section import Refusal
from transforms.repackage import add_formats


@pytest.mark.parametrize(
    ("inputs", "what"),
    [
        ({"app": "{archives}"}, "`app` of package format `msi` is a mapping"),
        ({"app": "target.zip", "stub": "{number}"}, "`stub` of package format `msi` is 3"),
    ],
)
def test_what_is_no_name_of_a_file_is_refused(inputs: dict[str, Any], what: str) -> None:
    said = {"formats": {"msi": {"args": ["msi"], "inputs": inputs, "output": "target.msi"}}}
    ctx = make_context(make_config(), files={"formats.yml": said})
    attributes = {"archives": {"win.*": "target.zip"}, "number": 3}
    sections = {"repackage": {"formats": ["msi"]}}
    with pytest.raises(Refusal, match=what):
        add_formats(ctx, make_description("x", attributes=attributes, sections=sections))
