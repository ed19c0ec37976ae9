"""Text from people, made harmless for each syntax of Asterisk's files, or refused.

Nothing here guesses: what a syntax can't carry raises, and the release is not made.
"""

import unicodedata
from collections.abc import Callable


class CantCarry(ValueError):
    """A text holds something that this file's syntax has no way to write."""


def _one_line(text: object) -> str:
    plain = str(text)
    if plain.isprintable():
        return plain
    for char in plain:  # a soft hyphen isn't printable, and does no harm
        if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}:
            raise CantCarry(f"{plain!r} holds U+{ord(char):04X}, which no line of a configuration file can carry.")
    return plain


def conf(value: object) -> str:
    r"""A value behind ``key =`` in a .conf file: ``;`` begins a comment unless written ``\;``. noded reads it alike.

    Blanks at the ends can't be carried, since Asterisk trims every value.
    Source: Asterisk 22, main/config.c, process_text_line.
    """
    text = _one_line(value)
    if text != text.strip():
        raise CantCarry(f"{text!r} begins or ends with a blank, which Asterisk would cut off.")
    return text.replace(";", r"\;")


def comment(text: object) -> str:
    """Text in a comment that begins with ``;@``: to the end of the line all is comment."""
    return _one_line(text)


def value(text: object) -> str:
    r"""A fixed text that a ``Set(NAME=…)`` gives to a variable; commas are plain text there.

    ``${`` and ``$[`` have no escape and are refused. Source: Asterisk 22, main/pbx_variables.c.
    """
    plain_text = _one_line(text)
    if "${" in plain_text or "$[" in plain_text:
        raise CantCarry(f"{plain_text!r} holds ${{ or $[, which the dialplan would evaluate.")
    return plain_text.replace(";", r"\;")


def voicemail(value: object) -> str:
    """A field of a box in voicemail.conf, where a comma ends it and nothing escapes one."""
    text = conf(value)
    if "," in text or "|" in text:
        raise CantCarry(f"{text!r} holds a comma or |, which ends a field of a voicemail box.")
    return text


def caller_name(value: object) -> str:
    r"""A display name between the quotes of ``"name" <number>``.

    Source: Asterisk 22, main/callerid.c, ast_callerid_parse: takes ``\"`` and ``\\`` back.
    """
    return _one_line(value).replace("\\", "\\\\").replace('"', '\\"')


FILTERS: dict[str, Callable[[object], str]] = {
    one.__name__: one for one in (conf, comment, value, voicemail, caller_name)
}
