"""The repository in `repo/` has tests of its own, which run where relpro is installed."""

collect_ignore = ["repo"]
