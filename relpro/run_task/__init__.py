"""Programs with which tasks run.

Each is one file of the standard library, for Python 3.8 and later.

The decision task publishes them unchanged; workers of any image start them. They import nothing
from relpro, and the engine only reads their bytes.
"""

from pathlib import Path
from typing import Final

#: Name of the public artifact -> file that holds the program.
PROGRAMS: Final = {
    "run-task": Path(__file__).with_name("run_task.py"),
    "fetch-content": Path(__file__).with_name("fetch_content.py"),
}
