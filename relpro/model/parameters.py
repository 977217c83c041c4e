"""Parameters: everything a generation depends on besides the tree."""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

#: Every parameter the engine knows, with the value it has where nothing says otherwise. Names are
#: those of Taskcluster decision tasks; a project declares further ones in its configuration.
DEFAULTS: Mapping[str, Any] = {
    "app_version": "",
    "base_ref": "",
    "base_repository": "",
    "base_rev": "",
    "build_date": 0,
    "build_number": 1,
    "do_not_optimize": [],
    "dontbuild": False,
    "enable_always_target": True,
    "existing_tasks": {},
    "files_changed": [],
    "filters": ["target_tasks_method"],
    "head_git_rev": "",
    "head_ref": "",
    "head_repository": "",
    "head_rev": "",
    "head_tag": "",
    "hg_branch": None,
    "level": "1",
    "message": "",
    "moz_build_date": "19700101000000",
    "next_version": None,
    "optimize_strategies": None,
    "optimize_target_tasks": True,
    "owner": "nobody@example.com",
    "partial_versions": [],
    "project": "",
    "pull_request_number": None,
    "pushdate": 0,
    "pushlog_id": "0",
    "release_enable_emefree": False,
    "release_enable_partner_attribution": False,
    "release_enable_partner_repack": False,
    "release_eta": "",
    "release_history": {},
    "release_partner_build_number": 1,
    "release_partner_config": {},
    "release_partners": None,
    "release_product": None,
    "release_type": "",
    "repository_type": "git",
    "required_signoffs": [],
    "shipping_phase": None,
    "signoff_urls": {},
    "target_tasks_method": "",
    "tasks_for": "",
    "version": "",
}


@attrs.frozen
class Parameters:
    """An immutable set of parameters, by name.

    `values` holds every known name. Properties exist for what the engine itself asks.
    """

    values: Mapping[str, Any] = attrs.field(repr=False)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def get(self, name: str, default: Any = None) -> Any:
        """The value of `name`, or `default` where there is none."""
        return self.values.get(name, default)

    def replace(self, **changes: Any) -> "Parameters":
        """A copy with some values changed or added."""
        return Parameters({**self.values, **changes})

    @property
    def project(self) -> str:
        """The project (repository or branch) that is built."""
        return str(self.values["project"])

    @property
    def level(self) -> str:
        """How much the code is trusted: `1` to `3`."""
        return str(self.values["level"])

    @property
    def version(self) -> str:
        """The version that is released, for example `1.2.3`."""
        return str(self.values["version"])

    @property
    def tasks_for(self) -> str:
        """What happened: `hg-push`, `github-push`, `cron`, `action`, ..."""
        return str(self.values["tasks_for"])

    @property
    def release_product(self) -> str | None:
        """The product that is promoted, or None on a push."""
        product: str | None = self.values["release_product"]
        return product

    @property
    def existing_tasks(self) -> Mapping[str, str]:
        """Label -> task id of what earlier graphs of this release made."""
        existing: Mapping[str, str] = self.values["existing_tasks"]
        return existing
