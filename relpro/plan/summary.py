"""Takes a plan, gives the lines that a person reads before applying it."""

from collections import Counter
from collections.abc import Iterator

from relpro.model.counted import counted
from relpro.plan.places import place_lines
from relpro.plan.plan import Plan

#: The most kinds or reasons shown of each list.
_SHOWN = 20


def summary(plan: Plan) -> Iterator[str]:
    """The purpose of a plan and its effects.

    Then the number of tasks, by kind, that are created, reused, and dropped, with reasons. If kinds
    and builds are of different revisions, that comes first.
    """
    yield from head_lines(plan)
    yield from place_lines(plan)
    yield f"create {counted(len(plan.create))}"
    yield from _counted(Counter(task["kind"] for task in plan.create.values()))
    yield f"reuse  {counted(len(plan.reuse))}"
    yield f"drop   {counted(len(plan.drop))}"
    yield from _counted(Counter(plan.drop.values()))
    yield from rule_lines(plan)


def head_lines(plan: Plan) -> Iterator[str]:
    """The plan and its purpose; first, whether kinds and builds differ in revision."""
    if builds := plan.parameters.get("build_rev"):
        head = plan.parameters["head_rev"]
        yield f"kinds of revision {head} promote builds of revision {builds}"
    yield f"plan {plan.digest}"
    yield f"  {_purpose(plan)}, made by relpro {plan.relpro}"
    yield f"  {_release(plan)}"


def rule_lines(plan: Plan) -> Iterator[str]:
    """The results of the rules."""
    for rule, result in plan.policy.items():
        yield f"{result} {rule.replace('_', ' ')}"


def _purpose(plan: Plan) -> str:
    goal = plan.goal
    if goal["flavor"]:
        return f"flavor {goal['flavor']}"
    if goal["phase"]:
        product = goal["product"] or plan.parameters["release_product"] or "the first product"
        return f"phase {goal['phase']} of {product}"
    return f"target method {plan.parameters['target_tasks_method']}"


def _release(plan: Plan) -> str:
    values = plan.parameters
    return (
        f"version {values['version']} build {values['build_number']}, {values['project']}"
        f" at level {values['level']}, revision {values['head_rev'] or 'unknown'}"
    )


def _counted(counts: Counter[str]) -> Iterator[str]:
    """The most common ones first, those of equal count by name."""
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    for name, count in ordered[:_SHOWN]:
        yield f"  {count:>6}  {name}"
    if rest := ordered[_SHOWN:]:
        yield f"  {sum(count for _, count in rest):>6}  of {len(rest)} more"
