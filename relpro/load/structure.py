"""Takes data and the schema of it, gives a located diagnostic for everything that does not fit.

Schemas are written as voluptuous writes them. `templated` lets any value in a schema be a template
(`{locale}`) or a keyed value (`by-level: {3: ..., default: ...}`) instead.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs
import voluptuous

from relpro.errors import Diagnostic, Origin
from relpro.load.expectation import (
    Items,
    Scalar,
    Varying,
    expected,
    is_keyed,
    is_template,
    known_keys,
    part_at,
)
from relpro.load.wording import found, named, remedy_for, without_choices
from relpro.model.nearest import nearest

OriginOf = Callable[..., Origin]
