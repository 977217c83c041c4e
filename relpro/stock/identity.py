"""Takes a described task, refuses an invalid label and an unknown product.

Entries are checked when they are loaded; this checks the results of templates and transforms.
"""

from relpro.errors import Diagnostic, RelproError
from relpro.model.task import TaskDescription
from relpro.stock.routes import unknown
from relpro.transform.context import Context
from relpro.transform.section import Refusal
from relpro.values.names import LABEL, is_label
from relpro.values.wording import shown


def demand_identity(ctx: Context, description: TaskDescription) -> None:
    """Raise `Refusal` for an invalid label, `RelproError` (K211) for an unknown product."""
    if not is_label(description.label):
        path = ("label",) if "label" in ctx.entry.entry.data else ("name",)
        raise Refusal(f"label {shown(description.label)} must be {LABEL}", path=path)
    product = description.attributes.get("shipping_product")
    if product is not None and product not in ctx.config.products:
        place = ("shipping-product",)
        raise unknown(ctx, "product", str(product), ctx.config.products, place)


#: Phases whose tasks have no effect outside, so that they may be repeated.
_HARMLESS = (None, "build")


def retrigger_tag(description: TaskDescription) -> str:
    """The tag that tells the retrigger actions whether a task may be repeated without `force`.

    It is the value of the attribute `retrigger`; by default, tasks of a release phase may not.
    """
    said = description.attributes.get("retrigger")
    harmless = description.attributes.get("shipping_phase") in _HARMLESS
    return "true" if (harmless if said is None else said) else "false"


def needs_itself(description: TaskDescription) -> RelproError:
    """The error (G303) for a task that depends on itself and would never start; only gates may."""
    what = f"task `{description.label}` depends on itself"
    why = "it would wait for its own end, and never start"
    remedy = "name another task; to hold a phase until people agree, use `relpro.stock.signoff`"
    return RelproError(Diagnostic("G303", what, (description.origin,), why=why, remedy=remedy))
