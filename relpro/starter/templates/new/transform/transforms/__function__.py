"""Takes a task, changes it as `__thing__` of its entry says.

```yaml
transforms: [__package__.__function__]
tasks:
  linux:
    __thing__: {of: public/target.zip}
```

Say what the keys mean, and how they change the task.
"""

from voluptuous import Required

from relpro import Context, Section, TaskDescription, each

SECTION = Section("__thing__", {Required("of"): str})


def __function__(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """The description, changed by the section if the entry has one."""
    section = task.sections.get(SECTION.name)
    if section is None:
        return task
    return task


transforms = (each(__function__, SECTION),)
