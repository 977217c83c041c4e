"""Takes a plan, gives the lines that a person reads before applying it."""

from collections import Counter
from collections.abc import Iterator, Mapping

from relpro.plan.plan import Plan

#: Reasons or labels shown of each list.
_SHOWN = 10


def summary(plan: Plan) -> Iterator[str]:
    """One line each: what for, what is created by how many tasks, reused, dropped and why."""
    yield f"plan {plan.digest}"
    yield f"  {_purpose(plan)}, made by relpro {plan.relpro}"
    yield f"  {_release(plan)}"
    yield f"create {len(plan.create)} tasks"
    yield from _listed(plan.create)
    yield f"reuse  {len(plan.reuse)} tasks"
    yield f"drop   {len(plan.drop)} tasks"
    for reason, count in Counter(plan.drop.values()).most_common(_SHOWN):
        yield f"  {count:>6}  {reason}"
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


def _listed(create: Mapping[str, str]) -> Iterator[str]:
    labels = sorted(create)
    for label in labels[:_SHOWN]:
        yield f"  {label}"
    if len(labels) > _SHOWN:
        yield f"  ... and {len(labels) - _SHOWN} more"
