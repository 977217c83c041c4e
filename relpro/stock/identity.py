"""Takes a described task, refuses a label that can be none and a product that there is not.

What entries say is checked when they are loaded; here it shows what came of templates and of
transforms.
"""

from relpro.errors import Diagnostic, RelproError
from relpro.model.task import TaskDescription
from relpro.stock.routes import unknown
from relpro.transform.context import Context
from relpro.transform.section import Refusal
from relpro.values.names import LABEL, is_label
from relpro.values.wording import shown


def demand_identity(ctx: Context, description: TaskDescription) -> None:
    """Raise `Refusal` for what can be no label, `RelproError` (K211) for an unknown product."""
    if not is_label(description.label):
        path = ("label",) if "label" in ctx.entry.entry.data else ("name",)
        raise Refusal(f"label {shown(description.label)} must be {LABEL}", path=path)
    product = description.attributes.get("shipping_product")
    if product is not None and product not in ctx.config.products:
        place = ("shipping-product",)
        raise unknown(ctx, "product", str(product), ctx.config.products, place)


#: Phases whose tasks act on nothing outside: what they do may be done twice.
_HARMLESS = (None, "build")


def retrigger_tag(description: TaskDescription) -> str:
    """The tag by which the retrigger actions tell what may be run again just like that.

    The attribute `retrigger` says it; else tasks of a release phase are not.
    """
    said = description.attributes.get("retrigger")
    harmless = description.attributes.get("shipping_phase") in _HARMLESS
    return "true" if (harmless if said is None else said) else "false"


def needs_itself(description: TaskDescription) -> RelproError:
    """The error (G303) for a task that would never start; only gates are meant to wait so."""
    what = f"task `{description.label}` depends on itself"
    why = "it would wait for its own end, and never start"
    remedy = "name another task; to hold a phase until people agree, use `relpro.stock.signoff`"
    return RelproError(Diagnostic("G303", what, (description.origin,), why=why, remedy=remedy))
