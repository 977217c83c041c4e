"""How Sphinx makes the site of these pages: `make site`."""

from importlib.metadata import version as version_of

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

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


def setup(app: Sphinx) -> None:
    """Show diagrams in Mermaid's language as the text that they are."""
    app.add_lexer("mermaid", TextLexer)
