"""A small reader of Asterisk's .conf syntax, written apart from what writes it.

Source: Asterisk 22, main/config.c: `;` begins a comment unless a backslash stands before it, values are trimmed.
"""

import re


def read_conf(text: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Sections in order, each with its `key = value` or `key => value` lines."""
    sections: list[tuple[str, list[tuple[str, str]]]] = []
    for line in text.split("\n"):
        kept = re.split(r"(?<!\\);", line, maxsplit=1)[0].replace("\\;", ";").strip()
        if not kept:
            continue
        if kept.startswith("["):
            sections.append((kept[1:-1], []))
            continue
        key, value = re.split(r"\s*=>?\s*", kept, maxsplit=1) if "=>" in kept[:60] else kept.split(" = ", 1)
        sections[-1][1].append((key.strip(), value.strip()))
    return sections
