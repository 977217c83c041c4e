"""Takes a test's wishes over HTTP, where the services are another process; moves clock and faults.

Both calls are for callers with the scope `relpro:control`, which root has.
"""

from relpro.embedded.deployment import Call, Reply
from relpro.embedded.faults import Fault


def advance_clock(call: Call) -> Reply:
    """Answer `POST /relpro/control/clock` with a body `{"advance": seconds}`."""
    call.require("relpro:control")
    call.deployment.clock.advance(call.payload["advance"])
    return Reply(200, {})


def set_faults(call: Call) -> Reply:
    """Answer `POST /relpro/control/faults`, whose body lists fields of `Fault`: all that are on."""
    call.require("relpro:control")
    call.deployment.faults.clear()
    call.deployment.faults.add(*(Fault(**fields) for fields in call.payload["faults"]))
    return Reply(200, {})
