"""Takes a task body, gives what treescript or landoscript (changes to a source tree) refuses."""

from collections.abc import Iterator

from relpro.schemas.wording import listed
from relpro.verify.scripts.script import Body, Demand, Script, always, values

#: The key of the payload that each action reads.
_INFO = {
    "tag": "tag_info",
    "version_bump": "version_bump_info",
    "l10n_bump": "l10n_bump_info",
    "l10n_bump_github": "l10n_bump_info",
    "merge_day": "merge_info",
    "android_l10n_import": "android_l10n_import_info",
    "android_l10n_sync": "android_l10n_sync_info",
    "create_branch": "create_branch_info",
}

#: The text between repository and revision in URLs of files, in git and in Mercurial.
_VIEWS = ("/blob/", "/file/")

#: Options of landoscript, and the actions that use them.
_OPTIONS = {
    "dontbuild": ("l10n_bump",),
    "ignore_closed_tree": ("l10n_bump", "android_l10n_sync"),
}


def _actions_have_their_info(body: Body) -> Iterator[str]:
    payload = body["payload"]
    for action in payload.get("actions", ()):
        key = _INFO.get(action)
        if key and key not in payload:
            yield f"`payload` lacks `{key}`, which action `{action}` reads"


def _the_tree_is_named(body: Body) -> Iterator[str]:
    if not tree_of(body):
        source, views = body.get("metadata", {}).get("source", ""), listed(_VIEWS)
        yield f"`payload` lacks `source_repo`, and `metadata.source` has no {views}: `{source}`"


def tree_of(body: Body) -> str:
    """The URL of the tree that treescript changes; empty if nothing names it.

    Without one in the payload, the script uses the URL of the task's source.
    """
    said: str = body["payload"].get("source_repo", "")
    source = body.get("metadata", {}).get("source", "")
    if said or not source.startswith("https://"):
        return said
    found = (source.partition(view)[0] for view in _VIEWS if view in source)
    return next(found, "")


def _bumps_are_of_one_sort(body: Body) -> Iterator[str]:
    actions = body["payload"].get("actions", ())
    if "l10n_bump" in actions and "l10n_bump_github" in actions:
        yield "`payload.actions` has both `l10n_bump` and `l10n_bump_github`"


def _bumps_on_github_have_their_branch(body: Body) -> Iterator[str]:
    payload = body["payload"]
    if "l10n_bump_github" not in payload.get("actions", ()):
        return
    for index, info in enumerate(payload.get("l10n_bump_info", ())):
        for key in ("l10n_repo_url", "l10n_repo_target_branch"):
            if not info.get(key):
                yield f"`payload.l10n_bump_info[{index}]` lacks `{key}`"


def _merges_say_from_where(body: Body) -> Iterator[str]:
    payload = body["payload"]
    info = payload.get("merge_info", {}) if "merge_day" in payload.get("actions", ()) else {}
    if info.get("merge_old_head") and not info.get("from_branch"):
        yield "`payload.merge_info` lacks `from_branch`, which `merge_old_head` reads"
    bumps = {one["version_bump"] for one in info.get("version_files", ()) if "version_bump" in one}
    if len(bumps - {""}) > 1:
        yield f"`payload.merge_info.version_files` names several bumps: {listed(sorted(bumps))}"


def _repository_and_actions_are_given(body: Body) -> Iterator[str]:
    for key in ("actions", "lando_repo"):
        if not body["payload"].get(key):
            yield f"`payload` lacks `{key}`"


def _options_have_a_reader(body: Body) -> Iterator[str]:
    actions = body["payload"].get("actions", ())
    for key, readers in _OPTIONS.items():
        if key in body["payload"] and not any(action in readers for action in actions):
            yield f"`payload.{key}` is only for actions {listed(readers)}"


def _scopes_are_held(body: Body) -> Iterator[str]:
    """A scope for `version_bump` as a whole covers those of its files."""
    payload, held = body["payload"], values(body, ":lando:")
    wanted = [f"repo:{payload['lando_repo']}"] if "lando_repo" in payload else []
    for action in payload.get("actions", ()):
        if action == "version_bump" and "action:version_bump" not in held:
            files = payload.get("version_bump_info", {}).get("files", ())
            wanted += [f"action:version_bump:file:{path}" for path in files]
        else:
            wanted.append(f"action:{action}")
    for scope in wanted:
        if scope not in held:
            yield f"scope `...:lando:{scope}` is missing"


TREE = Script(
    always("treescript/treescript_task_schema.json"),
    of_payload=(
        Demand(
            "`source_repo`, or the address of the task's source, names the tree.",
            "treescript/util/task.py: get_source_repo",
            _the_tree_is_named,
        ),
        Demand(
            "Each action finds the part of the payload that it reads.",
            "treescript/*/__init__.py: do_actions",
            _actions_have_their_info,
        ),
        Demand(
            "`l10n_bump` and `l10n_bump_github` are not in one task.",
            "treescript/*/__init__.py: do_actions",
            _bumps_are_of_one_sort,
            ("l10n_bump", "l10n_bump_github"),
        ),
        Demand(
            "Each of `l10n_bump_info` names a repository and its branch.",
            "treescript/*/l10n.py: l10n_bump_github",
            _bumps_on_github_have_their_branch,
            ("l10n_bump_github",),
        ),
    ),
)

LANDO = Script(
    always("landoscript/landoscript_task_schema.json"),
    of_payload=(
        Demand(
            "The payload names a repository and at least one action.",
            "landoscript/script.py: async_main, sanity_check_payload",
            _repository_and_actions_are_given,
        ),
        Demand(
            "Each action finds the part of the payload that it reads.",
            "landoscript/script.py: async_main",
            _actions_have_their_info,
        ),
        Demand(
            "`merge_old_head` has a `from_branch`; version files are bumped in one way.",
            "landoscript/actions/merge_day.py: run",
            _merges_say_from_where,
            ("merge_day",),
        ),
        Demand(
            "`dontbuild` and `ignore_closed_tree` stand only with actions that heed them.",
            "landoscript/script.py: sanity_check_payload",
            _options_have_a_reader,
        ),
        Demand(
            "There is a scope for the repository, each action and each file that is bumped.",
            "landoscript/script.py: validate_scopes",
            _scopes_are_held,
        ),
    ),
)
