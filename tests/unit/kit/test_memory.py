"""Garbage collections, put off."""

import gc

import pytest

from controlplane.kit.memory import without_collections


def test_they_are_off_inside_and_on_again_after() -> None:
    with without_collections():
        with without_collections():
            assert not gc.isenabled()
        assert not gc.isenabled(), "the outer block goes on"
    assert gc.isenabled()


def test_they_are_on_again_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), without_collections():
        _ = 1 / 0
    assert gc.isenabled()
