"""`python -m relpro`."""

from relpro.cli import script

script()
