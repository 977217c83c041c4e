"""How Sphinx makes the site of these pages: `make site`."""

import re
from importlib.metadata import version as version_of

from docutils import nodes
from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

project = "relpro"
copyright = "the relpro developers. Licensed under the MPL 2.0"
release = version = version_of("relpro")

extensions = ["myst_parser", "sphinx.ext.autodoc"]
html_theme = "furo"
html_title = "relpro"

# Links lead to headings down to the third level, as they do where the pages are read as text.
myst_heading_anchors = 3
autodoc_preserve_defaults = True
# Docstrings put code between single back-ticks.
default_role = "code"
exclude_patterns = ["examples"]
# The search finds every name; the theme has no link to these two pages.
html_use_index = html_domain_indices = False


class Anchors(SphinxTransform):
    """Lets links lead to `<a id="k203"></a>`, which to MyST is HTML that it does not read."""

    default_priority = 100  # before MyST resolves links (879)

    def apply(self) -> None:
        """Name each such anchor beside the headings, in the table that MyST looks links up in."""
        for raw in self.document.findall(nodes.raw):
            if found := re.fullmatch(r'<a id="([\w-]+)">', raw.astext()):
                self.document.myst_slugs[found[1]] = (raw.line, found[1], found[1].upper())


def setup(app: Sphinx) -> None:
    """Show diagrams in Mermaid's language as the text that they are; let links lead to anchors."""
    app.add_lexer("mermaid", TextLexer)
    app.add_transform(Anchors)
