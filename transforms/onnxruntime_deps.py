"""Takes a revision of ONNX Runtime, gives the command that fetches its dependencies.

```yaml
fetch: {type: transforms.onnxruntime_deps, repo: https://github.com/..., revision: f2c39fe2...}
```

The script is in the image. Source: gecko_taskgraph/transforms/fetch.py, onnxruntime-deps-fetch.
"""

import shlex
from collections.abc import Mapping
from typing import Any

from voluptuous import Required

from relpro.values import text

SCHEMA = {Required("repo"): text, Required("revision"): text}

_ARCHIVE = "onnxruntime-deps.tar.zst"
_SCRIPT = "/builds/worker/bin/onnxruntime-deps-fetch.sh"


def fetch(section: Mapping[str, Any], folder: str) -> Mapping[str, Any]:
    """The command; its script puts the archive into the `folder` of artifacts, below its own."""
    top = folder.rpartition("/")[0]
    repo, revision = section["repo"], section["revision"]
    line = f"cd {shlex.quote(top)} && /bin/sh {shlex.join((_SCRIPT, repo, revision))}"
    return {
        "command": ["bash", "-c", line],
        "artifact-name": _ARCHIVE,
        "digest-data": [f"repo={repo}", f"revision={revision}", f"artifact_name={_ARCHIVE}"],
    }
