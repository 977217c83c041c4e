"""What a value that people write must be, and the words for one that is not.

The validators and `check` are for the schemas of transforms and sections too.
"""

from relpro.values.check import (
    OneOf,
    check,
    duration,
    flag,
    list_of,
    mapping_of,
    one_of,
    percentage,
    templated,
    text,
    whole_number,
)

__all__ = [
    "OneOf",
    "check",
    "templated",
    "duration",
    "flag",
    "list_of",
    "mapping_of",
    "one_of",
    "percentage",
    "text",
    "whole_number",
]
