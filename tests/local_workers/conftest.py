"""What tests of workers share with those of the command line."""

from tests.cli.conftest import relpro

__all__ = ["relpro"]
