"""Takes the facts of a project, gives the values of placeholders in its templates.

In a template, a word such as `__product__` is replaced by the answer of that name, so that
templates are valid YAML, Python and shell, and can be checked.
"""

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Final

import attrs

from relpro.load.config import default_prefix
from relpro.load.vcs import repository_address
from relpro.model.config import GraphConfig
from relpro.model.phase import PHASES, Phase

#: Names of a project, its parts and its files that never need quotes.
_WORD = re.compile(r"[a-z][a-z0-9-]*")
_TRUST_DOMAIN = re.compile(r"[a-z][a-z0-9-]{0,29}")
#: Formats whose signature is a separate file, as uploads expect.
_FORMAT = re.compile(r"\w*gpg")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*")
_BRANCH = re.compile(r"[\w./-]+")

#: Template -> its phases.
TEMPLATES: Final[Mapping[str, tuple[str, ...]]] = {"minimal": PHASES[:3], "full": PHASES}


@attrs.frozen
class Answers:
    """The facts of a project."""

    template: str
    product: str
    trust_domain: str
    repository: str
    branch: str
    platforms: tuple[str, ...]
    locales: tuple[str, ...]
    signing_format: str
    project: str
    flavors: tuple[str, ...]

    def given(self) -> Mapping[str, str]:
        """Name of each question of the template -> its answer, as given by an option."""
        of = (question for question in QUESTIONS if self.template in question.of)
        values = {one.name: getattr(self, one.name.replace("-", "_")) for one in of}
        return {name: v if isinstance(v, str) else ",".join(v) for name, v in values.items()}

    def words(self) -> Mapping[str, str]:
        """Placeholder of a template -> its value."""
        phases = TEMPLATES[self.template]
        platforms = ", ".join(self.platforms)
        return {
            "product": self.product,
            "trust_domain": self.trust_domain,
            "PREFIX": default_prefix(self.trust_domain),
            "repository": self.repository,
            "branch": self.branch,
            "project": self.project,
            "platforms": platforms,
            # One line of a file for each of them.
            "locales": f": {{platforms: [{platforms}]}}\n".join(self.locales),
            "signing_format": self.signing_format,
            "phases": '", "'.join(phases),
            "flavors": '", "'.join(self.flavors),
            "relpro_version": version("relpro"),
        }


@attrs.frozen
class Question:
    """A question to the user: an option of that name, or an answer to `text`.

    `several` answers are separated by commas; `of` are the templates that need it.
    """

    name: str
    text: str
    pattern: re.Pattern[str]
    several: bool = False
    of: tuple[str, ...] = tuple(TEMPLATES)

    def fault(self, answer: str) -> str:
        """The error in an answer, in words; empty if there is none."""
        parts = self.parts(answer)
        wrong = [part for part in parts if not self.pattern.fullmatch(part)]
        if wrong:
            return f"`{wrong[0]}` does not fit `{self.pattern.pattern}`"
        if len(set(parts)) < len(parts) or not parts:
            return "name at least one, each once"
        return ""

    def parts(self, answer: str) -> tuple[str, ...]:
        """The answer, or the answers in a list."""
        words = answer.split(",") if self.several else (answer,)
        return tuple(word.strip() for word in words if word.strip())


#: The questions, in their order.
QUESTIONS: Final = (
    Question("product", "What is released", _WORD),
    Question("trust-domain", "Trust domain: who shares workers and caches", _TRUST_DOMAIN),
    Question("repository", "Address of the repository", re.compile(r"https://[\w.-]+(/[\w.-]+)+")),
    Question("branch", "Branch of which releases are made", _BRANCH),
    Question("platforms", "Platforms, with commas", _WORD, several=True),
    Question("locales", "Locales beside en-US, with commas", _LOCALE, several=True, of=("full",)),
    Question("signing-format", "Format of the signature beside each file", _FORMAT),
)


def suggested(root: Path, config: GraphConfig | None) -> Mapping[str, str]:
    """Name of a question -> its default.

    Defaults come from the project's configuration, if there is one, else from the name of the
    folder and the repository from which it was cloned.
    """
    product = _product(root, config)
    trusted = next(iter(config.projects.values()), None) if config else None
    origin = (
        trusted.repositories[0] if trusted and trusted.repositories else repository_address(root)
    )
    branches = [one for one in (trusted.branches if trusted else ()) if "*" not in one]
    return {
        "product": product,
        "trust-domain": config.trust_domain if config else product[:30],
        "repository": origin,
        "branch": branches[0] if branches else "main",
        "platforms": "linux,windows",
        "locales": "de,fr",
        "signing-format": "autograph_gpg",
    }


def project_of(product: str, config: GraphConfig | None) -> str:
    """The name of the project whose pushes are released."""
    if config is None:
        return product
    known = (*config.projects, *config.release_branches)
    return known[0] if known else product


def flavors_of(product: str, template: str, config: GraphConfig | None) -> tuple[str, ...]:
    """The flavors of a whole release of a product, in the order of their phases."""
    if config is None:
        later = TEMPLATES[template][1:]
        return tuple(f"{phase}_{product}" for phase in later)
    of_phases = (config.flavor_for(phase, product) for phase in list(Phase)[1:])
    return tuple(flavor.name for flavor in of_phases if flavor)


def _product(root: Path, config: GraphConfig | None) -> str:
    if config:
        return config.products[0]
    return re.sub(r"^[^a-z]+|[^a-z0-9-]", "", root.resolve().name.lower()) or "product"


def faults(answers: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Name of each question with an invalid answer, and the error."""
    for question in QUESTIONS:
        if fault := question.fault(answers[question.name]):
            yield question.name, fault
