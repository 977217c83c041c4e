"""Takes an answer; gives the XML for the client, in Balrog's form.

Source: Balrog, auslib/web/public/client.py (`construct_response`). Like Balrog, it escapes only
`&`: values that break the XML there also break it here, in a rehearsal.
"""

import re

from relpro.updates.offer import Offer, Patch

_HEAD = '<?xml version="1.0"?>\n<updates>\n'
_TAIL = "</updates>"

#: The answer without an offer.
NO_UPDATE = _HEAD + _TAIL


def update_xml(offer: Offer | None) -> str:
    """The XML document of an offer."""
    if offer is None:
        return NO_UPDATE
    attributes = "".join(f' {name}="{value}"' for name, value in offer.attributes)
    lines = [f"    <update{attributes}>", *map(_patch, offer.patches), "    </update>", ""]
    return re.sub("&(?!amp;)", "&amp;", _HEAD + "\n".join(lines) + _TAIL)


def _patch(patch: Patch) -> str:
    proof = f' binTransInclusionProof="{patch.proof}"' if patch.proof else ""
    return (
        f'        <patch type="{patch.kind}" URL="{patch.url}" hashFunction="{patch.hash_function}"'
        f' hashValue="{patch.hash_value}" size="{patch.size}"{proof}/>'
    )
