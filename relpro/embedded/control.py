"""Takes a test's wishes over HTTP, where the service is another process; moves clock and faults."""

from relpro.embedded.deployment import Call, Reply
from relpro.embedded.errors import bad_input, not_found
from relpro.embedded.faults import Fault, Faults


def steer(call: Call, faults: Faults) -> Reply:
    """Answer `POST /relpro/control/<what>`, for callers with the scope `relpro:control`.

    `clock` takes `{"advance": seconds}`; `faults` takes a list of the fields of `Fault`, and
    replaces the faults that are on. Raises `ApiError`.
    """
    call.require("relpro:control")
    if call.method == "clock":
        call.deployment.clock.advance(float(call.payload["advance"]))
    elif call.method == "faults":
        try:
            wanted = [Fault(**fields) for fields in call.payload]
        except TypeError as error:
            raise bad_input(str(error)) from None
        faults.clear()
        faults.add(*wanted)
    else:
        raise not_found(f"no such control: {call.method}")
    return Reply(200, {})
