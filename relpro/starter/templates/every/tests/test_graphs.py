"""The graphs of a release are as they were reviewed: see the folders in `graphs`.

After an intended change, `pytest --golden-update` writes them anew.
"""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize("phase", ["__phases__"])
def test_phase_is_as_reviewed(
    relpro_pipeline: Callable[..., Any], golden_graph: Callable[..., None], phase: str
) -> None:
    graph = relpro_pipeline("tests/release.yml", phase=phase).morphed.graph
    golden_graph(graph, f"graphs/{phase}")
