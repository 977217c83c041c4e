"""Validators for names: each takes a value, returns it or refuses it.

They are used in schemas together with those of `relpro.values.validators`.
"""

import re
from collections.abc import Callable
from typing import Any, Final

from relpro.model.config import NOTHING
from relpro.model.phase import PHASES
from relpro.model.place import KINDS
from relpro.values.patterns import fault_of, is_reversed
from relpro.values.validators import Key, Scalar

# Labels appear in line-based listings, URLs and shell commands. Real labels contain dashes, dots,
# underscores and slashes: `fetch-binutils-2.31.1`, `build-android-x86_64/opt`.
_LABEL = re.compile(r"[\w.,/:+@~=%#-]+")

#: What `is_label` accepts, in words that follow "must be".
LABEL: Final = "text of letters, digits and `-_.,/:+@~=%#`"

#: The queue's limit for scheduler ids is 38 characters, of which `-level-3` takes 8.
_TRUST_DOMAIN = re.compile(r"[A-Za-z0-9_-]{1,30}")

_ENV_PREFIX = re.compile(r"[A-Z][A-Z0-9_]*")
_REPOSITORY_PREFIX = re.compile(r"[a-z][a-z0-9_]*")
_PACKAGE = re.compile(r"[\w-]+")
_INDEX_PATH = re.compile(r"[\w-]+(\.[\w-]+)*", re.ASCII)
_DOTTED = re.compile(r"[\w-]+(\.[\w-]+)*")
# It must end in a slash: `pub/app` would also be a prefix of `pub/apple`.
_FOLDER = re.compile(r"([^/\s]+/)+")
_FUNCTION = re.compile(r"[\w-]+(\.[\w-]+)+")


def is_label(text: str) -> bool:
    """Whether a text can be a label, or the name of a task in it."""
    return _LABEL.fullmatch(text) is not None


def _matching(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_something(value: object) -> bool:
    return isinstance(value, str) and value.strip() != ""


def _is_glob(value: Any) -> bool:
    return _is_something(value) and not is_reversed(value)


def _is_pattern(value: object) -> bool:
    return isinstance(value, str) and not fault_of(value)


def _has_group(value: Any) -> bool:
    return _is_pattern(value) and re.compile(value).groups > 0


glob = Scalar("a glob, such as `release-*`", _is_glob)
capturing = Scalar("a regular expression with a group", _has_group)
regular_expression = Scalar("a regular expression", _is_pattern)
a_name = Scalar("a name", _is_something)
some_text = Scalar("text that is not empty", _is_something)
file_path = Scalar("the path of a file", lambda value: _is_something(value) and "\0" not in value)
task_name = Scalar(LABEL, _matching(_LABEL))
trust_domain = Scalar("1 to 30 letters, digits, `-` and `_`", _matching(_TRUST_DOMAIN))
index_path = Scalar("the beginning of an index path, such as `widget.v2`", _matching(_INDEX_PATH))
env_prefix = Scalar("capital letters, digits and `_`", _matching(_ENV_PREFIX))
package = Scalar("the name of a package", _matching(_PACKAGE))
module = Scalar("a dotted name such as `package.module`", _matching(_DOTTED))
function = Scalar("a dotted name such as `package.module.function`", _matching(_FUNCTION))
bucket_folder = Scalar("a folder of a bucket, such as `pub/widget/`", _matching(_FOLDER))
#: A name defined by the engine, or the dotted name of a function of the project.
name_or_function = Scalar(
    "a name such as `product`, or `package.module.function`", _matching(_DOTTED)
)

#: The key schema of mappings whose keys are names.
named: Final = Key(a_name)
repository_prefix: Final = Key(
    Scalar("small letters, digits and `_`", _matching(_REPOSITORY_PREFIX))
)
target_method: Final = Key(
    Scalar(
        f"a name other than `{NOTHING}`, the method of every project that selects no task",
        lambda value: _is_something(value) and value != NOTHING,
    )
)
place_kind: Final = Key(Scalar(f"one of {', '.join(KINDS)}", KINDS.__contains__))
phase: Final = Key(Scalar(f"one of {', '.join(PHASES)}", PHASES.__contains__))
named_task: Final = Key(task_name)
