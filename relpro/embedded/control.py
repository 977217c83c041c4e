"""Takes a test's HTTP calls, if the services run in another process; moves the clock, sets faults.

Both calls need the scope `relpro:control`, which root has.
"""

from relpro.embedded.deployment import Call, Reply
from relpro.embedded.faults import Fault


def advance_clock(call: Call) -> Reply:
    """Answer `POST /relpro/control/clock` with a body `{"advance": seconds}`."""
    call.require("relpro:control")
    call.deployment.clock.advance(call.payload["advance"])
    return Reply(200, {})


def set_faults(call: Call) -> Reply:
    """Answer `POST /relpro/control/faults`, whose body lists all active faults."""
    call.require("relpro:control")
    call.deployment.faults.clear()
    call.deployment.faults.add(*(Fault(**fields) for fields in call.payload["faults"]))
    return Reply(200, {})
