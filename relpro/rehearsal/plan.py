"""Takes a project, gives what is rehearsed: worker pools and phases."""

from collections.abc import Iterator, Mapping

import attrs

from relpro.actions.actions_json import read_template
from relpro.actions.happenings import Happening
from relpro.actions.template import environment_of, first_entry
from relpro.decision import Event, decision_parameters
from relpro.errors import Diagnostic, RelproError
from relpro.model.branch import ProjectSource
from relpro.model.config import Flavor, GraphConfig
from relpro.model.phase import Phase
from relpro.project import Project
from relpro.stock.workers.pool import find_pool
from relpro.transform.scope import Release
from relpro.workers.scripts import MODULES

#: The prefix of the worker implementations of scripts, and an exception.
_SCRIPT = "scriptworker-"

#: Provisioners whose tasks Taskcluster itself resolves.
_SUCCEED = "succeed"


@attrs.frozen
class Plan:
    """What is rehearsed of a project.

    Commits of `trusted` at `branch` are released; `template` is the `.taskcluster.yml`.
    """

    project: Project
    product: str
    trusted: ProjectSource
    branch: str
    template: bytes

    @classmethod
    def of(cls, project: Project, product: str | None) -> "Plan":
        """The plan for a product, or for the only one. Raises `RelproError` (U813)."""
        config = project.config
        trusted = _trusted(config)
        wanted = product or config.products[0]
        if wanted not in config.products:
            known = ", ".join(config.products)
            what = f"the project has no product `{wanted}`"
            raise RelproError(Diagnostic("U813", what, (config.origin,), remedy=f"one of {known}"))
        branch = next((one for one in trusted.branches if "*" not in one), "main")
        template = read_template(project.root)
        first_entry(template)
        return cls(project, wanted, trusted, branch, template)

    @property
    def repository(self) -> str:
        """The public URL of the repository."""
        return self.trusted.repositories[0]

    def flavors(self, instead: Mapping[str, str]) -> tuple[Flavor, ...]:
        """The flavors of a whole release, in the order of their phases.

        They are the first ones of the product, or the replacement for a phase in `instead`.
        """
        config = self.project.config
        found = []
        for phase in list(Phase)[1:]:
            name = instead.get(phase.value)
            flavor = config.flavors.get(name) if name else config.flavor_for(phase, self.product)
            if name and flavor is None:
                raise RelproError(Diagnostic("U813", f"there is no flavor `{name}`"))
            if flavor is not None:
                found.append(flavor)
        return tuple(found)

    def pools(self, task: Mapping[str, object], about: Happening) -> Mapping[str, str]:
        """Worker pool of a release -> the implementation of its workers.

        `task` is the decision task of a push, whose parameters decide the pools.
        """
        config = self.project.config
        env = {name: str(said) for name, said in environment_of(task, config, about).items()}
        event = Event.read(env, config.source_env_prefix, {})
        self.project.import_transforms()
        release = Release.of(decision_parameters(self.project, event), config)
        found = (find_pool(name, config, release, config.origin) for name in config.workers)
        return {str(pool): pool.implementation for pool in found}


def _trusted(config: GraphConfig) -> ProjectSource:
    """The project whose releases are for users."""
    found: Iterator[ProjectSource] = (
        one
        for one in config.projects.values()
        if config.release_level(one.name, one.level) == "production" and one.repositories
    )
    trusted = next(found, None)
    if trusted is None:
        what = "no project of the configuration makes releases"
        why = "`projects` names none of `release-branches` at level 3 with a repository"
        raise RelproError(Diagnostic("U813", what, (config.origin,), why=why))
    return trusted


def runs_commands(implementation: str) -> bool:
    """Whether workers of an implementation run commands, not a script."""
    is_script = implementation in MODULES or implementation.startswith(_SCRIPT)
    return not is_script and implementation != _SUCCEED
