"""Takes the gates of the configuration, gives tasks that hold back a phase until people sign off.

```yaml
# kinds/promote/signoff.yml: the kind must have this name
transforms: [relpro.stock.signoff]
tasks:
  gate:
    gate: {}
    worker-type: succeed
    description: "{role} signs off {shipping-phase} of {shipping-product}"
```

Each role of each gate is one task, `signoff-<product>-<phase>-<role>`, that depends on itself: it
never starts unless somebody schedules it. Its projectId `signoff/<role>` decides who may: people
with the scope `queue:schedule-task-in-project:signoff/<role>` (queue API, scheduleTask).
Attributes: `shipping_product`, `shipping_phase`, `signoff_role`; variable: `role`.

The transform `gates` makes the tasks of the kinds in `before` wait for all gates of their phase.
"""

from collections.abc import Iterator

from relpro.model.config import Gate
from relpro.model.label import label_of
from relpro.model.task import Draft, Skipped, TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import each, expand

GATE = Section("gate", {})

#: The kind that holds all gates.
KIND = "signoff"


def gate_names(gate: Gate) -> tuple[tuple[str, str], ...]:
    """(role, task name) of every task of a gate."""
    return tuple((role, f"{gate.product}-{gate.phase.value}-{role}") for role in gate.roles)


def is_gate(description: TaskDescription) -> bool:
    """Whether a task is a gate: a task of this kind that has a role."""
    return description.kind == KIND and "signoff_role" in description.attributes


def make_gates(ctx: Context, draft: Draft) -> Iterator[Draft | Skipped]:
    """A draft for each role of each gate."""
    if ctx.section(draft, GATE) is None:
        yield draft
        return
    if ctx.kind.name != KIND:
        raise Refusal(f"gates stand in kind `{ctx.kind.name}`", f"call it `{KIND}`", ("gate",))
    if not ctx.config.gates:
        yield Skipped(draft.name, "the configuration has no gates")
    for gate in ctx.config.gates:
        for role, name in gate_names(gate):
            yield (
                draft.replace(name=name)
                .with_attributes(
                    shipping_product=gate.product,
                    shipping_phase=gate.phase.value,
                    signoff_role=role,
                )
                .with_variables(role=role)
            )


def hold(_ctx: Context, description: TaskDescription) -> TaskDescription:
    """A gate that depends on itself, in the project of its role."""
    role = description.attributes.get("signoff_role")
    if role is None:
        return description
    return description.replace(
        project_id=f"signoff/{role}",
        dependencies={**description.dependencies, "self": description.label},
    )


def gates(ctx: Context, description: TaskDescription) -> TaskDescription:
    """The description, with dependencies on the gates that must hold back its kind."""
    labels = [
        label_of(KIND, name)
        for gate in ctx.config.gates
        if _holds(gate, description)
        for _role, name in gate_names(gate)
    ]
    if not labels:
        return description
    edges = {label: label for label in labels}
    return description.replace(dependencies={**description.dependencies, **edges})


def _holds(gate: Gate, description: TaskDescription) -> bool:
    attributes = description.attributes
    return (
        description.kind in gate.before
        and attributes.get("shipping_phase") == gate.phase.value
        and attributes.get("shipping_product") == gate.product
    )


#: The transforms that the engine adds after those of every kind.
GATES = each(gates)

transforms = (expand(make_gates, GATE), each(hold, GATE))
