"""Takes a parameters file and a phase, gives the pipeline."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from relpro.before import Memory
from relpro.goal import Goal
from relpro.graph.files import encode
from relpro.model.phase import Phase
from relpro.parameters.read import check_parameters, read_parameter_file
from relpro.pipeline import Pipeline
from relpro.project import Project

Source = str | Path | Mapping[str, Any]


@attrs.frozen
class MakePipeline:
    """Makes the pipelines of a project; equal calls return the same object.

    A pipeline reuses kinds with the same inputs from earlier ones.
    """

    project: Project
    _made: dict[bytes, Pipeline] = attrs.field(factory=dict, init=False, repr=False)

    def __call__(
        self,
        parameters: Source | None = None,
        *,
        phase: str | None = None,
        product: str | None = None,
        flavor: str | None = None,
        fresh: bool = False,
        kinds: tuple[str, ...] = (),
        **changes: object,
    ) -> Pipeline:
        """The pipeline for parameters: a file below the project's root, or a mapping.

        `changes` are further parameters. Raises `RelproError` for invalid ones.
        """
        values = {**self.read(parameters), **changes}
        key = encode([values, phase, product, flavor, fresh, kinds])
        if key not in self._made:
            goal = Goal(Phase(phase) if phase else None, product, flavor, fresh, kinds)
            pipeline = Pipeline.of(self.project, values, goal)
            # Only existing pipelines are reused: making another one could raise errors.
            earlier = tuple(one.made for one in self._made.values() if "made" in vars(one))
            self._made[key] = attrs.evolve(pipeline, memory=Memory(earlier=earlier))
        return self._made[key]

    def read(self, parameters: Source | None) -> Mapping[str, Any]:
        """The parameters of a source. Raises `RelproError` for invalid ones."""
        if parameters is None or isinstance(parameters, Mapping):
            return parameters or {}
        source = read_parameter_file(self.project.root / parameters)
        check_parameters(source.values, self.project.config, source.origin)
        return source.values
