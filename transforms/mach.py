"""Takes a mach command, gives the section for run-task: `run: {using: mach}`.

```yaml
run:
  using: mach
  mach: [python, testing/check.py, --version, '{version}']   # or a line of shell
  prepend-env: {MODE: '$LEVEL'}      # expanded by the shell
  extra-config: {bouncer_prefix: ...} # for scripts of mozharness
  sparse-profile: build/sparse-profiles/mach
```

It runs at the top of the checkout. Source: gecko_taskgraph/transforms/job/mach.py.
"""

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from voluptuous import Optional, Required

from relpro.model.config import WorkerAlias
from relpro.model.parameters import Parameters
from relpro.values import OneOf, flag, text

SCHEMA = {
    Required("mach"): OneOf(
        text, [text], {Required("task-reference"): text}, {Required("artifact-reference"): text}
    ),
    Optional("prepend-env"): {str: text},
    Optional("extra-config"): {str: object},
    Optional("sparse-profile"): OneOf(None, text),
    Optional("use-caches"): OneOf(flag, [text]),
    Optional("env"): {str: object},
}

#: Keys that are converted; run-task gets the others.
_OWN = frozenset({"mach", "prepend-env", "extra-config"})

#: mach must know its output encoding, which Macs do not set.
_MAC = ("LC_ALL=en_US.UTF-8", "LANG=en_US.UTF-8")


def run(
    section: Mapping[str, Any], _parameters: Parameters, place: WorkerAlias
) -> Mapping[str, Any]:
    """The section for `using: run-task`."""
    given = {key: value for key, value in section.items() if key not in _OWN}
    if more := section.get("extra-config"):
        config = json.dumps(more, sort_keys=True)
        given["env"] = {"EXTRA_MOZHARNESS_CONFIG": config, **given.get("env", {})}
    before = " ".join(_before(section, place))
    said = section["mach"]
    if isinstance(said, Mapping):
        ((reference, line),) = said.items()
        return {**given, "command": {reference: f"{before} {line}"}}
    line = said if isinstance(said, str) else shlex.join(said)
    return {**given, "command": f"{before} {line}"}


def _before(section: Mapping[str, Any], place: WorkerAlias) -> Iterator[str]:
    if place.os == "macosx":
        yield from _MAC
    yield from (f"{name}={value}" for name, value in section.get("prepend-env", {}).items())
    yield "./mach"
