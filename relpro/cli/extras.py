"""Takes the extras that a command needs, tells how to install missing ones."""

from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def needed(what: str, extras: str) -> Iterator[None]:
    """The imports in the context need extras, such as `embedded,rehearsal`.

    Raises `click.ClickException` if a module is missing; `what` is the command or option.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        told = f"`{what}` needs `{error.name}`: install `relpro[{extras}]`"
        raise click.ClickException(told) from None
