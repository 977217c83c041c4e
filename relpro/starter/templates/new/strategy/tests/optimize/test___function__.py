"""When strategy `__thing__` leaves a task out."""

from relpro.optimize.found import nothing_found
from relpro.optimize.offered import OFFERED
from relpro.optimize.outcome import Remove
from relpro.testing.factories import make_parameters, make_task


def test_a_task_is_left_out() -> None:
    strategy = OFFERED["__thing__"].make(nothing_found, ())
    outcome = strategy(make_task("a"), None, make_parameters())
    assert outcome == Remove("write here why")
