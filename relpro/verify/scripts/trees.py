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

#: Options of landoscript and the actions that heed them.
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
    """A scope for all of `version_bump` stands for those of its files."""
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
            "Each action finds the part of the payload that it reads.",
            "treescript/*/__init__.py: do_actions",
            _actions_have_their_info,
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
