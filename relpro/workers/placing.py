"""Takes a job, decides whether it runs in its image or as a process of this machine."""

from collections.abc import Callable

import attrs

from relpro.workers.claims import Claim
from relpro.workers.containers import Engine
from relpro.workers.docker_worker import PRIVILEGED, as_process
from relpro.workers.images import Certificates, Image, image_of
from relpro.workers.job import UNAVAILABLE, Job, Unfit


@attrs.frozen
class Containers:
    """Whether tasks of docker-worker run in their images, and by what engine.

    With an `engine`, those run as processes whose image cannot be had, unless images are demanded.
    `why_none` is the reason for no engine, if one was looked for. Containers `may_be_privileged`,
    for tasks that ask for it.
    """

    engine: Engine | None = None
    why_none: str = ""
    are_demanded: bool = False
    may_be_privileged: bool = False


#: All tasks run as processes.
NO_CONTAINERS = Containers()


def placed(
    job: Job,
    claim: Claim,
    containers: Containers,
    signed: Certificates | None,
    tell: Callable[[str], object],
) -> tuple[Job, Image | None]:
    """The job as it runs, and its image; `tell` is called with the reason why it has none.

    Raises `Unfit` for a job that can run neither way, and for an image that is not as stated.
    """
    if job.image is None:
        return job, None
    engine = containers.engine
    if engine is None:
        if containers.why_none:
            tell(containers.why_none)
        return as_process(job, containers.why_none), None
    if PRIVILEGED in job.rights and not containers.may_be_privileged:
        raise Unfit(f"this worker has no `{PRIVILEGED}`: see `--privileged`", UNAVAILABLE)
    try:
        return job, image_of(claim, engine, signed)
    except Unfit as unfit:
        if unfit.reason != UNAVAILABLE or containers.are_demanded:
            raise
        tell(str(unfit))
        return as_process(job, str(unfit)), None
