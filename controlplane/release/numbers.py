"""How numbers are written: by a country's people and carriers, and by the patterns of outbound routes."""

import re
from collections.abc import Iterable
from functools import cache

import phonenumbers

from controlplane.release.pbx_objects import NumberShape


@cache
def shape_of(country: str) -> NumberShape:
    """How a country writes phone numbers.

    Raises:
        ValueError: No such country.
    """
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country)
    if metadata is None or metadata.general_desc is None:
        raise ValueError(f"{country} is not a country with phone numbers")
    international = metadata.international_prefix or ""
    prefix = metadata.national_prefix or ""
    return NumberShape(
        country=country,
        calling_code=str(metadata.country_code),
        international=international if international.isdigit() else "",
        trunk_prefix=prefix if prefix.isdigit() else "",
        lengths=tuple(length for length in metadata.general_desc.possible_length if length > 3),
    )


def normal_patterns(shape: NumberShape) -> list[tuple[str, str]]:
    """Dialplan patterns for a number as the carrier writes it, and what each becomes.

    ``EXTEN`` begins with a ``c``, so that an empty number is one, too. What fits nothing stays as it is.
    """
    patterns = [("_c+X!", "${EXTEN:1}")]
    if shape.international:
        patterns.append((f"_c{shape.international}X!", f"+${{EXTEN:{1 + len(shape.international)}}}"))
    code = shape.calling_code
    for length in shape.lengths:
        digits = "X" * length
        patterns.append((f"_c{digits}", f"+{code}${{EXTEN:1}}"))
        patterns.append((f"_c{code}{digits}", "+${EXTEN:1}"))
        if shape.trunk_prefix and shape.trunk_prefix != code:
            skip = 1 + len(shape.trunk_prefix)
            patterns.append((f"_c{shape.trunk_prefix}{digits}", f"+{code}${{EXTEN:{skip}}}"))
    patterns.append(("_c!", "${EXTEN:1}"))
    return list(dict(patterns).items())


def written_for(variable: str, number_format: str, shape: NumberShape, *, foreign_prefix: bool) -> str:
    """The expression that writes the +E164 number in a variable as a carrier wants it."""
    if number_format == "+e164":
        return f"${{{variable}}}"
    digits = f"${{FILTER(0-9,${{{variable}}})}}"
    if number_format == "e164":
        return digits
    home = f"+{shape.calling_code}"
    own_prefix = shape.trunk_prefix if shape.trunk_prefix != shape.calling_code else ""
    foreign = f"{shape.international}{digits}" if foreign_prefix else digits
    national = f"{own_prefix}${{{variable}:{len(home)}}}"
    return f'${{IF($["${{{variable}:0:{len(home)}}}" = "{home}"]?{national}:{foreign})}}'


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    classes = {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]", ".": ".+", "!": ".*", "+": r"\+"}
    pieces = re.findall(r"\[[0-9-]+\]|.", pattern)
    return re.compile("".join(classes.get(piece, piece) for piece in pieces))


def _pieces(pattern: str) -> tuple[list[frozenset[str]], str]:
    """What each place of a pattern takes, and its tail: nothing, ``.`` (one digit or more) or ``!`` (any number)."""
    classes = {"X": "0123456789", "Z": "123456789", "N": "23456789"}
    tail = pattern[-1] if pattern[-1] in ".!" else ""
    found = re.findall(r"\[[0-9-]+\]|.", pattern.removesuffix(tail))
    return [frozenset(classes.get(one) or _members(one)) for one in found], tail


def _members(piece: str) -> str:
    return "".join(digit for digit in "+0123456789" if re.fullmatch(re.escape(piece) if piece == "+" else piece, digit))


def covers(first: str, later: str) -> bool:
    """Whether a route's pattern takes every number that another one takes."""
    places, tail = _pieces(first)
    others, other_tail = _pieces(later)
    if len(others) < len(places) or not all(b <= a for a, b in zip(places, others, strict=False)):
        return False
    if not tail:
        return len(others) == len(places) and not other_tail
    return tail == "!" or len(others) > len(places) or other_tail == "."


def fits(pattern: str, dialed: str) -> bool:
    """Whether a route's pattern takes what is dialled."""
    return _pattern(pattern).fullmatch(dialed) is not None


def ways_to_dial(number: str, country: str) -> list[str]:
    """How people of a country may dial an E.164 number, the plainest way first."""
    shape = shape_of(country)
    ways = [number, number[1:]]
    home = f"+{shape.calling_code}"
    if number.startswith(home):
        national = number[len(home) :]
        ways += [shape.trunk_prefix + national, national]
    ways.append(shape.international + number[1:])
    return list(dict.fromkeys(ways))


def dialled_behind(pattern: str, strip: int, prepend: str, number: str) -> list[str]:
    """What to dial for a number where a route takes fixed digits off, such as the 9 of ``9NXXNXXXXXX``."""
    prefix = pattern[:strip]
    if not prefix.isdigit() or not number.startswith(prepend):
        return []
    return [prefix + number.removeprefix(prepend)]


def first_digits(numbers: Iterable[str]) -> list[str]:
    """Patterns that take these numbers and few others: one for each length, with the first digits that occur."""
    by_length: dict[int, set[str]] = {}
    for length, digit in {(len(number), number[0]) for number in numbers}:
        by_length.setdefault(length, set()).add(digit)
    return [f"_[{''.join(sorted(digits))}]{'X' * (length - 1)}" for length, digits in sorted(by_length.items())]
