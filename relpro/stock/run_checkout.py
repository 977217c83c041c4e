"""Takes the checkouts of a task, gives their folders and run-task's variables."""

import json
from collections.abc import Iterator, Mapping, Sequence
from posixpath import dirname, join
from typing import Any

import attrs

from relpro.model.repository import CheckedOut
from relpro.model.run_task import RunTaskSettings
from relpro.stock.candidates import unknown_name
from relpro.transform.context import Context
from relpro.transform.section import Refusal

#: The folder in which tasks of docker-worker write, unless they set another.
WORKDIR = "/builds/worker"


@attrs.frozen
class Checkout:
    """A checkout of a repository: its folder, and the revision or ref.

    `facts` are its values for run-task, by the suffix of the variable's name.
    """

    repository: CheckedOut
    path: str
    facts: Mapping[str, str]


@attrs.frozen
class Machine:
    """Where the command runs: in a container or on a machine.

    The tree is checked out to `folder`.
    """

    docker: bool
    windows: bool
    workdir: str
    folder: str

    @property
    def checkout(self) -> str:
        """The folder of the checkout."""
        if self.docker:
            return join(self.workdir, "checkouts", self.folder)
        return "build/src" if self.windows else join("checkouts", self.folder)

    def cache(self, name: str) -> str:
        """The folder of a cache."""
        return dirname(self.checkout) if name == "checkout" else join(self.workdir, ".cache", name)


def checkouts_of(ctx: Context, said: object, machine: Machine) -> Iterator[Checkout]:
    """The checkouts that a section requests. Raises `Refusal` for an impossible one."""
    known = {one.prefix: one for one in ctx.config.repositories}
    own = ctx.config.repositories[0]
    wanted: Mapping[str, Mapping[str, str]] = said if isinstance(said, Mapping) else {}
    if said is True:
        wanted = {own.prefix: {}}
    for prefix, more in wanted.items():
        if prefix not in known:
            raise unknown_name("one of `repositories`", prefix, known, ("run", "checkout", prefix))
        one = known[prefix]
        inside = more.get("path", (one.path or prefix) if len(wanted) > 1 else "")
        path = join(machine.checkout, inside).rstrip("/")
        yield Checkout(one, path, _facts(ctx, one, more, own=one is own))


def _facts(
    ctx: Context, one: CheckedOut, said: Mapping[str, str], *, own: bool
) -> Mapping[str, str]:
    known = ctx.parameters
    if own:
        facts = {
            "BASE_REPOSITORY": known["base_repository"],
            "HEAD_REPOSITORY": known["head_repository"],
            "HEAD_REV": known["head_rev"],
            "HEAD_REF": known["head_ref"],
            "REPOSITORY_TYPE": known["repository_type"],
        }
    else:
        if not one.url:
            what = f"repository `{one.prefix}` has no address"
            remedy = "give it a `default-repository` in the configuration"
            raise Refusal(what, remedy, ("run", "checkout", one.prefix))
        facts = {
            "BASE_REPOSITORY": one.url,
            "HEAD_REPOSITORY": one.url,
            "HEAD_REF": one.ref,
            "REPOSITORY_TYPE": "git",
        }
    if "rev" in said or "ref" in said:
        facts |= {"HEAD_REV": said.get("rev", ""), "HEAD_REF": said.get("ref", "")}
    if not (facts.get("HEAD_REV") or facts.get("HEAD_REF")):
        what = f"nothing says which revision of `{one.prefix}` to check out"
        remedy = "give a `ref` or `rev`, or a `default-ref` in the configuration"
        raise Refusal(what, remedy, ("run", "checkout"))
    facts["SSH_SECRET_NAME"] = one.ssh_secret
    return {name: str(value) for name, value in facts.items() if value}


def environment_of(
    ctx: Context, checkouts: Sequence[Checkout], machine: Machine, settings: RunTaskSettings
) -> Mapping[str, Any]:
    """The variables that tell run-task what to check out, and tasks where it is."""
    env: dict[str, Any] = {"MOZ_SCM_LEVEL": ctx.parameters.level}
    if not checkouts:
        return env
    read = settings.variables
    names = {one.repository.prefix: one.repository.name for one in checkouts}
    if read is None or "REPOSITORIES" in read:
        env["REPOSITORIES"] = json.dumps(names, sort_keys=True)
    (one, *others) = checkouts
    env[settings.path_variable] = machine.checkout if others else one.path
    for one in checkouts:
        prefix = one.repository.prefix.upper()
        for name, value in one.facts.items():
            if read is None or name in read:
                env[f"{prefix}_{name}"] = value
        if one.facts["REPOSITORY_TYPE"] == "hg":
            env["HG_STORE_PATH"] = join(dirname(machine.checkout), "hg-store")
    return env
