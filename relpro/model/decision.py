"""Why a label is in a graph, absent, or reused: every stage returns this beside its graph."""

import enum

import attrs


class Verdict(enum.Enum):
    """What a stage did with a label."""

    SKIPPED = "skipped"
    TARGETED = "targeted"
    NEEDED = "needed"
    UNWANTED = "unwanted"
    KEPT = "kept"
    REMOVED = "removed"
    REPLACED = "replaced"
    ADDED = "added"
    CHANGED = "changed"


@attrs.frozen
class Decision:
    """One stage's verdict on one label.

    `rule` names what decided (a transform, target method, filter, strategy); `cause` is the reason
    in words, or the label that is the reason; `needed_by` is the dependent because of which a label
    was kept, or empty.
    """

    label: str
    stage: str
    verdict: Verdict
    rule: str
    cause: str = ""
    needed_by: str = ""

    def to_json(self) -> dict[str, str]:
        """One line of `decisions.jsonl`."""
        line = {
            "label": self.label,
            "stage": self.stage,
            "verdict": self.verdict.value,
            "rule": self.rule,
        }
        if self.cause:
            line["cause"] = self.cause
        if self.needed_by:
            line["needed-by"] = self.needed_by
        return line
