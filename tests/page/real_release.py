"""The promotion of the real release 92.0.1, made here, on a page."""

from pathlib import Path

from relpro.goal import Goal
from relpro.model.phase import Phase
from relpro.page.document import beside, of_generation, page_of, title_of
from relpro.parameters.read import read_parameter_file, read_value
from relpro.pipeline import Pipeline
from relpro.project import Project

ROOT = Path(__file__).parents[2]


def promotion(shared_data: Path) -> Pipeline:
    """The generation of that phase from the recorded parameters in `../shared/data`."""
    real = shared_data / "firefox-92.0.1"
    values = dict(read_parameter_file(real / "promote" / "parameters.yml").values)
    values["l10n_changesets"] = read_value(real / "l10n-changesets.json")
    return Pipeline.of(Project.find(ROOT), values, Goal(Phase.PROMOTE, "firefox"))


def write_promotion(pipeline: Pipeline, folder: Path) -> str:
    """The address of the page of a generation, in a file: what is created, and what is reused."""
    title, morphed = title_of(pipeline), pipeline.morphed
    shown = of_generation(
        title, pipeline, morphed.unresolved, morphed.texts.items(), beside(pipeline)
    )
    path = folder / "page.html"
    path.write_bytes(page_of(title, [shown]))
    return path.as_uri()
