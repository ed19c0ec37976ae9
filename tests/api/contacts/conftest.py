"""The calls of tests/api/calls, here too."""

from tests.api.calls.conftest import system

__all__ = ["system"]
