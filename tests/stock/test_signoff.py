import attrs

from relpro.errors import Origin
from relpro.model.config import Gate
from relpro.model.kind import Kind, Locations
from relpro.model.phase import Phase
from relpro.stock.chain import compile_kind
from relpro.stock.signoff import GATES
from relpro.testing.factories import make_config
from tests.stock.chains import refusal, run, skipped

HERE = Origin("kinds/config.yml", 9)
PUSH = Gate(Phase.PUSH, "browser", ("releng", "relman"), ("push-to-releases",), HERE)
SHIP = Gate(Phase.SHIP, "editor", ("releng",), ("scheduling", "version-bump"), HERE)

GATE = 'gate: {description: "{role} of {shipping-product}", gate: {}}'


def test_each_role_of_each_gate_is_a_task_of_the_gates_phase_and_product() -> None:
    made = run("signoff", GATE, kind="signoff", gates=[PUSH, SHIP])
    assert [one.label for one in made.tasks] == [
        "signoff-browser-push-releng",
        "signoff-browser-push-relman",
        "signoff-editor-ship-releng",
    ]
    assert [one.description for one in made.tasks][:2] == ["releng of browser", "relman of browser"]
    assert [(one.phase, one.product) for one in made.tasks][1:] == [
        (Phase.PUSH, "browser"),
        (Phase.SHIP, "editor"),
    ]


def test_a_gate_waits_for_itself_in_the_project_of_its_role() -> None:
    gate = run("signoff", GATE, kind="signoff", gates=[SHIP]).tasks[0]
    assert gate.dependencies == {"self": gate.label}
    assert gate.definition["projectId"] == "signoff/releng"


def test_without_gates_the_kind_is_empty_and_says_why() -> None:
    assert skipped(run("signoff", GATE, kind="signoff")) == {
        "signoff-gate": "the configuration has no gates"
    }


def test_gates_stand_in_the_kind_after_which_their_labels_are_named() -> None:
    found = refusal("signoff", GATE, kind="signoffs", gates=[SHIP])
    assert found.remedy == "call it `signoff`"


def test_the_engine_puts_gates_last_in_every_chain_of_a_project_that_has_some() -> None:
    kind = Kind("push", Phase.PUSH, "", (), ("relpro.stock.matrix",), (), Locations("push.yml", {}))
    gated = attrs.evolve(make_config(), gates=(PUSH,))
    assert compile_kind(kind, gated).chain.steps[-1] is GATES
    assert GATES not in compile_kind(kind, make_config()).chain.steps


def test_what_publishes_waits_for_every_role_of_its_gate() -> None:
    def waits(kind: str, product: str, phase: str) -> list[str]:
        entry = f"t: {{shipping-product: {product}, shipping-phase: {phase}}}"
        (made,) = run("", entry, kind=kind, gates=[PUSH, SHIP], implied=[GATES]).tasks
        assert all(name == label for name, label in made.dependencies.items())
        return list(made.dependencies)

    assert waits("push-to-releases", "browser", "push") == [
        "signoff-browser-push-releng",
        "signoff-browser-push-relman",
    ]
    assert waits("version-bump", "editor", "ship") == ["signoff-editor-ship-releng"]
    assert waits("push-to-releases", "editor", "push") == []
    assert waits("push-to-releases", "browser", "ship") == []
    assert waits("notify", "browser", "push") == []
