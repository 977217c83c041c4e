"""Takes commands, gives the section for run-task: `run: {using: run-commands}`.

```yaml
run:
  using: run-commands
  pre-commands: [[cd, mobile/android/fenix]]    # before the files of the secrets are written
  commands: [[python3, taskcluster/scripts/tests/test-lab.py, fenix/arm-start-test.yml]]
  secrets: [{name: project/mobile/firebase, key: token, path: .token.json, json: true}]
  dummy-secrets: [{content: faketoken, path: .token}]
```

They run at the top of the checkout, or where `pre-commands` lead, once the files of the secrets are
there. Source: android_taskgraph/job.py.
"""

from collections.abc import Mapping
from itertools import chain
from typing import Any

from voluptuous import Optional, Required

from relpro.model.config import WorkerAlias
from relpro.model.parameters import Parameters
from relpro.values import text
from transforms._commands import (
    SECRETS,
    one_after_another,
    secret_commands,
    secret_worker,
)

SCHEMA = {
    Required("commands"): [[text]],
    Optional("pre-commands"): [[text]],
    **SECRETS,
}


def run(
    section: Mapping[str, Any], _parameters: Parameters, _place: WorkerAlias
) -> Mapping[str, Any]:
    """The section for `using: run-task`."""
    before = section.get("pre-commands", ())
    line = one_after_another(chain(before, secret_commands(section), section["commands"]))
    return {"command": line, **secret_worker(section)}
