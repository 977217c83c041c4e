"""Workers of this machine: they claim tasks of a queue and do what their payloads say.

    claim -> accepted -> job -> sandbox -> processes -> artifacts -> resolved

A worker takes what its counterpart in production takes, and refuses what that would refuse: the
same schemas, the same scopes, the same meaning of exit statuses. It talks to any queue by its API.
"""

from relpro.workers.claims import Seat
from relpro.workers.worker import LocalWorker, Outcome

__all__ = ["LocalWorker", "Outcome", "Seat"]
