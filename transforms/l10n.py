"""Tell a localisation task which revision of which locale it repacks, and what comes of it."""

from voluptuous import Required

from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each
from relpro.values import text

L10N = Section("l10n", {Required("revisions"): {str: text}}, required=True)

#: Platform -> the files that a repack makes of each locale beside the package.
_FILES = {
    "linux": ("target.langpack.xpi",),
    "macosx": ("target.langpack.xpi",),
    "win": ("setup.exe", "setup-stub.exe", "target.langpack.xpi"),
}


def add_locales(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """The command with one `--locale=code:revision` for each locale, and their artifacts."""
    revisions = task.sections["l10n"]["revisions"]
    platform = task.attributes["build_platform"]
    files = next(files for prefix, files in _FILES.items() if platform.startswith(prefix))
    options = [f"--locale={locale}:{revision}" for locale, revision in revisions.items()]
    return task.with_worker(
        command=["/builds/worker/bin/repack-locales", f"--platform={platform}", *options],
        artifacts=[
            {
                "name": f"public/build/{locale}/{file}",
                "path": f"/builds/worker/artifacts/{locale}/{file}",
                "type": "file",
            }
            for locale in revisions
            for file in (task.attributes["package"], *files)
        ],
    )


transforms = (each(add_locales, L10N),)
