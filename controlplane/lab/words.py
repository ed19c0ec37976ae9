"""Compare what was said with what was understood: word error rate with numbers made alike."""

import re
from collections.abc import Callable, Sequence

_UNIT_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TEN_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS = {word: value for value, word in enumerate(_UNIT_WORDS.split())}
_TENS = {word: 10 * index for index, word in enumerate(_TEN_WORDS.split(), 2)}
_SCALES = {"hundred": 100, "thousand": 1000}

_Reader = Callable[[Sequence[str]], tuple[int, int]]  # value of a number at the start, and how many words it takes


def word_error_rate(expected: str, heard: str) -> float:
    """Share of wrong words: (substituted + missing + added) / words expected; 0.0 is perfect, may exceed 1.

    Case and punctuation don't count, and a number may be written in any way: "press 2 at 7:30" equals
    "press two at seven thirty", and "555-1234" equals its seven spoken digits.
    """
    wanted, got = normalise(expected), normalise(heard)
    if not wanted:
        return float(len(got))
    return _edit_distance(wanted, got) / len(wanted)


def normalise(text: str) -> list[str]:
    """The words in lower case without punctuation, every number as its single digits."""
    joined = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    words = re.findall(r"\d+|[^\W\d_]+(?:'[^\W\d_]+)*", joined)
    result: list[str] = []
    position = 0
    while position < len(words):
        value, used = _spoken_number(words[position:])
        if used:
            result.extend(str(value))
        elif words[position].isdigit():
            result.extend(words[position])
        else:
            result.append(words[position])
        position += max(used, 1)
    return result


def _spoken_number(words: Sequence[str]) -> tuple[int, int]:
    """Value of the number phrase at the start and how many words it takes (0: there is none)."""
    return _with_scale(words, "thousand", lambda part: _with_scale(part, "hundred", _below_hundred))


def _with_scale(words: Sequence[str], scale: str, part: _Reader) -> tuple[int, int]:
    """Reads `part [scale [and] [part]]`, e.g. "two hundred and six"."""
    value, used = part(words)
    if used and words[used : used + 1] == [scale]:
        rest, taken = _after_and(words[used + 1 :], part)
        return value * _SCALES[scale] + rest, used + 1 + taken
    return value, used


def _after_and(words: Sequence[str], part: _Reader) -> tuple[int, int]:
    """Reads `[and] part`; an "and" that no number follows stays a word of its own."""
    skip = int(words[:1] == ["and"])
    value, used = part(words[skip:])
    return value, used + skip if used else 0


def _below_hundred(words: Sequence[str]) -> tuple[int, int]:
    if not words:
        return 0, 0
    if words[0] in _TENS:
        unit = _UNITS.get(words[1], 0) if len(words) > 1 else 0
        return (_TENS[words[0]] + unit, 2) if 0 < unit < 10 else (_TENS[words[0]], 1)
    return (_UNITS[words[0]], 1) if words[0] in _UNITS else (0, 0)


def _edit_distance(wanted: Sequence[str], got: Sequence[str]) -> int:
    row = list(range(len(got) + 1))
    for index, word in enumerate(wanted, 1):
        previous, row[0] = row[0], index
        for column, other in enumerate(got, 1):
            cost = min(row[column] + 1, row[column - 1] + 1, previous + (word != other))
            previous, row[column] = row[column], cost
    return row[-1]
