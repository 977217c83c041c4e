"""`python -m relpro`."""

from relpro.cli import main

main()
