"""Text from people, made safe to carry: no control characters, no surprise length."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema


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


def free_text(text: str) -> str:
    """Refuses what no database column and no log line can keep; line breaks and tabs are fine, and so is nothing.

    Raises:
        ValueError: Names the first bad character.
    """
    for char in text:
        if unicodedata.category(char) in {"Cc", "Cs"} and char not in "\r\n\t":
            raise ValueError(f"must be text without control characters (found U+{ord(char):04X})")
    return unicodedata.normalize("NFC", text)


def spoken_text(text: str) -> str:
    """The same for text to be spoken, where line breaks are fine."""
    return one_line(" ".join(text.split()))


FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet takes for a formula."""


def table_cell(text: str) -> str:
    """A cell of a table (CSV) that is text and nothing else: before a formula stands an apostrophe."""
    return f"'{text}" if text.startswith(FORMULA) else text


def table_lines(cells: Iterable[Iterable[str]]) -> str:
    """Rows of a table (CSV), each cell as `table_cell` writes it."""
    file = io.StringIO()
    csv.writer(file).writerows([table_cell(cell) for cell in row] for row in cells)
    return file.getvalue()


@dataclass(frozen=True)
class Shape:
    """What a text field must look like, in words for people: ``Annotated[str, Shape(r"[0-9]{2,8}", "2 to 8 digits")]``.

    Attributes:
        pattern: Regular expression of the whole text.
        words: Goes on after "must be".
    """

    pattern: str
    words: str

    def check(self, text: str) -> str:
        """Refuses a text of another shape.

        Raises:
            ValueError: Says what it must be.
        """
        if not re.fullmatch(self.pattern, text):
            raise ValueError(f"must be {self.words}")
        return text

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "pattern": f"^{self.pattern}$"}


Name = Annotated[str, AfterValidator(one_line), Field(min_length=1, max_length=100)]
FreeText = Annotated[str, AfterValidator(free_text)]


def _tag(text: str) -> str:
    return one_line(text).lower()


Tag = Annotated[str, AfterValidator(_tag), Field(max_length=40)]
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
