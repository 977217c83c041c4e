"""Takes a release, gives what balrogscript submits for the release as a whole.

```yaml
transforms: [relpro.stock.balrog_release]
tasks:
  submit:
    balrog-release:
      changesets: '{l10n-changesets}'    # {de: {platforms: [linux64, ...]}, ...}
      platforms: {linux64: linux64, macosx64: macosx64}   # in changesets: on the server
    worker: {behavior: v2-submit-toplevel, server: release}
```

`worker` gets `platforms`, those with at least one released locale, and `partial-versions`, the
releases from which the history has partial updates (`92.0build3`).
"""

from voluptuous import Required

from relpro.model.task import TaskDescription
from relpro.stock.locales import released_platforms
from relpro.transform.context import Context
from relpro.transform.history import updated_from
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import text

BALROG_RELEASE = Section(
    "balrog-release",
    {
        Required("changesets"): {str: {Required("platforms"): [text], str: object}},
        Required("platforms"): {str: text},
    },
)


def add_release(ctx: Context, task: TaskDescription) -> TaskDescription:
    """Adds platforms with locales, and the versions from which there are partial updates."""
    section = task.sections.get("balrog-release")
    if section is None:
        return task
    called = section["platforms"]
    history = ctx.parameters["release_history"]
    return task.with_worker(
        platforms=[called[name] for name in released_platforms(section["changesets"], called)],
        partial_versions=", ".join(f"{version}build{n}" for version, n in updated_from(history)),
    )


transforms = (each(add_release, BALROG_RELEASE),)
