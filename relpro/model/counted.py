"""Takes how many tasks there are, says so in words."""


def counted(tasks: int) -> str:
    """Such as `1 task` and `20 tasks`."""
    return "1 task" if tasks == 1 else f"{tasks} tasks"
