"""What contacts are found by: any part of a word or of a number, by an index.

PostgreSQL's index of words knows only how words begin. So each word is kept with all of its ends: who looks for ``nna``
finds a word that begins so, the end of Anna. (The index for parts of texts is an extension that not every server has.)
"""

import re
from collections.abc import Iterable

_SHORTEST = 2
"""Ends of fewer letters are not kept: hardly anybody looks for them, and they are many."""


def searched(texts: Iterable[str], numbers: Iterable[str]) -> str:
    """All that somebody is found by, as PostgreSQL writes a list of words."""
    found = {word for text in texts for word in _words(text)} | {number[1:] for number in numbers}
    ends = {word[start:] for word in found for start in range(max(1, len(word) - _SHORTEST + 1))}
    return " ".join(f"'{end}'" for end in sorted(ends))


def wanted(q: str) -> str | None:
    """A search as a query for all of its words; None where there is none in it.

    A number is one word, however it is written, without the zeros that stand before it inside a country.
    """
    words = _words(q)
    if words and all(word.isdecimal() for word in words):
        words = [digits] if (digits := "".join(words).lstrip("0")) else words
    return " & ".join(f"'{word}':*" for word in words) or None


def _words(text: str) -> list[str]:
    """Letters and digits in a row: no character of them means anything to PostgreSQL."""
    return re.findall(r"\w+", text.casefold())
