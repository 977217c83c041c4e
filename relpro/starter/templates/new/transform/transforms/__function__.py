"""Takes a task, gives it what `__thing__` of its entry says.

```yaml
transforms: [__package__.__function__]
tasks:
  linux:
    __thing__: {of: public/target.zip}
```

Say what the keys mean, and what the task has of them.
"""

from voluptuous import Required

from relpro import Context, Section, TaskDescription, each

SECTION = Section("__thing__", {Required("of"): str})


def __function__(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """The description, changed by the section; as it is where there is none."""
    section = task.sections.get(SECTION.name)
    if section is None:
        return task
    return task


transforms = (each(__function__, SECTION),)
