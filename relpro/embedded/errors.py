"""Takes the refusal of a service; gives the status, code and body of the answer."""

from collections.abc import Mapping
from typing import Any

import orjson

from relpro.embedded.clock import to_text

#: A JSON object.
Json = Mapping[str, Any]

#: HTTP status of every error code of relpro's services.
STATUSES = {
    "InputValidationError": 400,
    "InputError": 400,
    "InvalidRequestArguments": 400,
    "MalformedPayload": 400,
    "AuthenticationFailed": 401,
    "InsufficientScopes": 403,
    "ResourceNotFound": 404,
    "RequestConflict": 409,
    "InternalServerError": 500,
}


class ApiError(Exception):
    """A refusal, with one of the codes of `STATUSES` and the first lines of its message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    @property
    def status(self) -> int:
        """The HTTP status."""
        return STATUSES[self.code]


def not_found(what: str) -> ApiError:
    """404: the thing does not exist."""
    return ApiError("ResourceNotFound", what)


def conflict(what: str) -> ApiError:
    """409: the request contradicts the current state."""
    return ApiError("RequestConflict", what)


def bad_input(what: str) -> ApiError:
    """400: a body that fits its schema but is invalid."""
    return ApiError("InputError", what)


def bad_argument(what: str) -> ApiError:
    """400: an invalid parameter in the URL or the query string."""
    return ApiError("InvalidRequestArguments", what)


def error_body(error: ApiError, method: str, params: Json, payload: object, now: int) -> bytes:
    """The JSON that goes with an error; it echoes the request (lib-api, error shape)."""
    time = to_text(now)
    footer = (
        f"\n\n---\n\n* method:     {method}\n* errorCode:  {error.code}"
        f"\n* statusCode: {error.status}\n* time:       {time}"
    )
    request = {"method": method, "params": params, "payload": payload, "time": time}
    return orjson.dumps(
        {"code": error.code, "message": error.message + footer, "requestInfo": request}
    )
