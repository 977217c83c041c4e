"""Schemas of what people write, and the messages for values that do not fit.

The validators and `check` are also for the schemas of a project's transforms and sections.
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
