"""Test phones, a fake carrier and ears to check what was heard: for `make demo`, the tests and the benches.

Nothing here runs in production. Every program that is started here is stopped here, also when the
task that uses it is cancelled or the interpreter is killed.
"""
