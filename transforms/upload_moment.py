"""The variable `upload-moment`: when a nightly was built, as its folder is called.

Where a manifest says what is uploaded, `relpro.stock.artifact_map` gives the same variable.
"""

import time
from collections.abc import Iterator

from relpro.model.task import Draft
from relpro.transform.context import Context
from relpro.transform.step import expand


def add_moment(ctx: Context, draft: Draft) -> Iterator[Draft]:
    """The draft with the date of the build: `2026/01/2026-01-31-23-59-59`."""
    built = time.gmtime(ctx.parameters["build_date"])
    yield draft.with_variables(upload_moment=time.strftime("%Y/%m/%Y-%m-%d-%H-%M-%S", built))


transforms = (expand(add_moment),)
