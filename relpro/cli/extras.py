"""Takes what needs an extra of the package, tells what to install where the extra is not there."""

from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def needed(what: str, extras: str) -> Iterator[None]:
    """What is imported in the context needs extras, such as `embedded,rehearsal`.

    Raises `click.ClickException` where a module is not there; `what` is the command or option.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        told = f"`{what}` needs `{error.name}`: install `relpro[{extras}]`"
        raise click.ClickException(told) from None
