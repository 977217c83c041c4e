"""Takes a push to try and its tree, gives the parameters that the push asks for.

`mach try release` commits them as `try_task_config.json`, beside the version and the locales of a
staging release. Source: gecko-dev 60acd13, tools/tryselect/selectors/release.py.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILE = "try_task_config.json"
#: The form of file that has parameters; the other names tasks.
VERSION = 2


def asked(parameters: Mapping[str, Any], root: Path) -> Mapping[str, Any]:
    """Parameters of a decision on a push to project `try`: those in the file of the tree at `root`.

    Pull requests and other projects ask for nothing, and neither does a push without the file.
    Raises `ValueError` for a file without parameters.
    """
    path = root / FILE
    if parameters["project"] != "try" or not path.is_file():
        return {}
    said = json.loads(path.read_bytes())
    if said.get("version") != VERSION or not isinstance(said.get("parameters"), dict):
        needed = f"`{FILE}` needs `version: {VERSION}` and `parameters`"
        raise ValueError(f"{needed}: tasks cannot be selected by name")
    return {"try_mode": "try_task_config", "try_task_config": said, **said["parameters"]}
