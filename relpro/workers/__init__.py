"""Workers on this machine: they claim tasks of a queue and execute their payloads.

    claim -> accepted -> job -> sandbox -> processes -> artifacts -> resolved

A worker accepts and refuses the same payloads as its counterpart in production: the same schemas,
scopes and meaning of exit statuses. It uses the API of any queue.
"""

from relpro.workers.claims import Seat
from relpro.workers.worker import LocalWorker, Outcome

__all__ = ["LocalWorker", "Outcome", "Seat"]
