"""Text from people, made safe to carry: no control characters, no surprise length."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field


def one_line(text: str) -> str:
    """Refuses line breaks, NUL and other control characters; trims the ends.

    Raises:
        ValueError: Names the first bad character.
    """
    cleaned = unicodedata.normalize("NFC", text.strip())
    for char in cleaned:
        if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}:
            raise ValueError(f"must be one line of text without control characters (found U+{ord(char):04X})")
    if not cleaned:
        raise ValueError("must not be empty")
    return cleaned


def spoken_text(text: str) -> str:
    """The same for text to be spoken, where line breaks are fine."""
    return one_line(" ".join(text.split()))


Name = Annotated[str, AfterValidator(one_line), Field(min_length=1, max_length=100)]
SpokenText = Annotated[str, AfterValidator(spoken_text), Field(min_length=1, max_length=2000)]

_EMAIL = re.compile(r"^[^@\s<>\"',;:()\[\]\\]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$")


def email_address(text: str) -> str:
    """One plain address, its domain in lower case. Local domains are fine: this is somebody's own server."""
    cleaned = one_line(text)
    if not _EMAIL.match(cleaned) or ".." in cleaned:
        raise ValueError("not an e-mail address")
    user, _, domain = cleaned.rpartition("@")
    return f"{user}@{domain.lower()}"


Email = Annotated[str, AfterValidator(email_address), Field(max_length=254)]
