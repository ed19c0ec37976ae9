"""Benchmarks: one module a question, each with ``async def run() -> dict`` that gives its ratios."""
