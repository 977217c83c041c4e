"""The data that all kinds of a generation share, and views of it that record what a kind reads."""

import attrs

from relpro.model.config import GraphConfig
from relpro.model.noted import Noted, NotedConfig, NotedParameters
from relpro.model.parameters import Parameters
from relpro.transform.scope import Release


@attrs.frozen(eq=False, repr=False)
class Shared:
    """Parameters, configuration and the variables of templates."""

    parameters: Parameters
    config: GraphConfig
    release: Release

    def noted(self) -> "Seen":
        """The same data as views that record what one kind reads."""
        return Seen.of(self)


@attrs.frozen(eq=False, repr=False)
class Seen:
    """One kind's views of the shared data, which record what it reads."""

    parameters: NotedParameters
    config: NotedConfig
    release: Release
    _names: tuple[Noted, Noted, Noted]

    @classmethod
    def of(cls, shared: Shared) -> "Seen":
        """The views of a kind that has read nothing yet."""
        release = shared.release
        names = (Noted(release.values), Noted(release.optional), Noted(release.written))
        values, optional, written = names
        return cls(
            NotedParameters(shared.parameters),
            NotedConfig(shared.config),
            Release(values, release.variables, optional, written, release),
            names,
        )

    def is_of(self, now: Shared) -> bool:
        """Whether the kind would read the same values."""
        values, optional, written = self._names
        return (
            self.parameters.is_of(now.parameters)
            and self.config.is_of(now.config)
            and values.is_of(now.release.values)
            and optional.is_of(now.release.optional)
            and written.is_of(now.release.written)
        )
