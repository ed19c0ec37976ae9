"""Phone numbers in the one form used inside: E.164, ``+`` and 4 to 15 digits."""

from typing import Annotated, NewType

import phonenumbers
from pydantic import AfterValidator

E164 = NewType("E164", str)


def parse(text: str, region: str | None = None) -> E164:
    """Reads a number as people write it.

    Args:
        text: ``+1 (555) 123-4567``, ``00441632960000`` or, with a region, a national number.
        region: Two-letter country whose national format is understood, such as ``US``.

    Raises:
        ValueError: The text is not a possible phone number.
    """
    cleaned = text.strip()
    if cleaned.startswith("00") and region is None:
        cleaned = "+" + cleaned[2:]
    try:
        number = phonenumbers.parse(cleaned, region)
    except phonenumbers.NumberParseException as err:
        raise ValueError("not a phone number; write it as + country code and number, like +15551234567") from err
    if not phonenumbers.is_possible_number(number):
        raise ValueError("not a possible phone number: too short or too long for its country")
    return E164(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _international(text: str) -> str:
    return parse(text)


Number = Annotated[str, AfterValidator(_international)]
"""Pydantic field type: any international spelling in, E.164 out."""
