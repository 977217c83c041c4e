"""Takes pipelines, prints warnings on standard error."""

from collections.abc import Collection, Iterator

import click

from relpro.errors import Diagnostic, warnings
from relpro.load.vcs import tracked_files
from relpro.optimize.unmatched import unmatched_patterns
from relpro.pipeline import Pipeline
from relpro.transform.whereabouts import at_their_lines
from relpro.verify.attribute_selections import attributes_in_vain
from relpro.verify.empty_kinds import kinds_without_entries
from relpro.verify.selections import selected_in_vain
from relpro.verify.shared_pools import pools_of_all_levels


def tell_doubts(
    pipeline: Pipeline, *others: Pipeline, known: Collection[Diagnostic] = ()
) -> frozenset[Diagnostic]:
    """Warn of patterns without files, unknown names in selections, shared pools, and empty kinds.

    These are O606, O613, O617 and O622, each once. Returns all warnings; those in `known` are not
    printed again. The pipelines belong to one project.
    """
    found = dict.fromkeys(one for each in (pipeline, *others) for one in _doubts(each))
    new = [one for one in found if one not in known]
    if text := warnings(new, pipeline.project.read_line):
        click.echo(text, err=True)
    return frozenset(found)


def _doubts(pipeline: Pipeline) -> Iterator[Diagnostic]:
    full, config = pipeline.full, pipeline.config
    root = pipeline.project.root
    unmatched = unmatched_patterns(full, config.strategies, lambda: tracked_files(root))
    yield from at_their_lines(unmatched, pipeline.kinds)
    if not pipeline.goal.kinds:  # with only some kinds, it is unknown what all of them lack
        yield from selected_in_vain(full, pipeline.parameters, config)
        yield from attributes_in_vain(full, pipeline.kinds, config)
    yield from pools_of_all_levels(full, pipeline.parameters, config)
    yield from kinds_without_entries(pipeline.kinds.values())
