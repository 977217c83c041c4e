"""Takes a request and its method; carries it out and gives the answer."""

import inspect
import logging
from collections.abc import Mapping
from urllib.parse import parse_qsl

import attrs
import orjson

from relpro.embedded.definition import with_defaults
from relpro.embedded.deployment import Call, Caller, Deployment, Reply
from relpro.embedded.errors import ApiError, error_body
from relpro.embedded.hawk import Request
from relpro.embedded.lifecycle import perform_due
from relpro.embedded.routes import Match
from relpro.embedded.schema import check_body

LOG = logging.getLogger(__name__)

#: Maximum size of a request's body in bytes; larger ones give 500, not 413 (queue API, size).
LARGEST = 10 * 1024 * 1024


@attrs.frozen
class Content:
    """The bytes of an artifact, as they were sent."""

    content_type: str
    body: bytes


async def answer(deployment: Deployment, match: Match, request: Request) -> Reply:
    """Carry out one call in one transaction; a refusal is an answer, too."""
    payload: object = None
    try:
        perform_due(deployment)
        arguments = _arguments(request)
        match.check(arguments)
        caller = _caller(deployment, request)
        payload = _payload(match.route.method, match.route.schema, request)
        if match.route.schema:
            check_body(match.route.schema, payload)
        now = deployment.clock.now()
        call = Call(match.route.method, match.params, arguments, payload, caller, deployment, now)
        return await _carry_out(match, call)
    except ApiError as error:
        return refusal(deployment, match, error, payload)
    except Exception:
        LOG.exception("a bug in relpro: %s failed", match.route.method)
        return refusal(deployment, match, internal_error("bug"), None)


def refusal(deployment: Deployment, match: Match, error: ApiError, payload: object) -> Reply:
    """The answer to a refused call."""
    echoed = None if isinstance(payload, Content) else payload
    now = deployment.clock.now()
    body = error_body(error, match.route.method, match.params, echoed, now)
    return Reply(error.status, body)


def internal_error(incident: str) -> ApiError:
    """500, which contains only the id of an incident."""
    message = f"Internal Server Error, incidentId relpro-{incident}"
    return ApiError("InternalServerError", message)


async def _carry_out(match: Match, call: Call) -> Reply:
    with call.deployment.transaction():
        result = match.route.handler(call)
        if inspect.isawaitable(result):
            result = await result
    return result if isinstance(result, Reply) else Reply(200, orjson.dumps(result))


def _caller(deployment: Deployment, request: Request) -> Caller | None:
    found = deployment.judge.caller(request)
    return Caller(found[0], deployment.scopes(found[1])) if found else None


def _arguments(request: Request) -> Mapping[str, str]:
    query = request.path.partition("?")[2]
    return dict(parse_qsl(query, keep_blank_values=True)) if query else {}


def _payload(method: str, schema: str, request: Request) -> object:
    """The payload of a call: JSON if it has a schema, the content of an artifact, or nothing."""
    if method == "uploadContent":
        return Content(request.content_type, request.body)
    if not schema:
        return None
    body = _json(request)
    return with_defaults(body) if method == "createTask" and isinstance(body, dict) else body


def _json(request: Request) -> object:
    if len(request.body) > LARGEST:
        raise internal_error("too-large")
    if not request.body:
        return {}
    if request.content_type.partition(";")[0].strip().lower() != "application/json":
        raise ApiError("MalformedPayload", "the Content-Type must be application/json")
    try:
        return orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise ApiError("MalformedPayload", f"the body is not JSON: {error}") from None
