"""Keeping people's numbers out of the logs."""


def mask_number(number: str | None) -> str:
    """Keeps the first two and last two digits: ``+15551234567`` becomes ``+1*******67``."""
    if not number:
        return ""
    if len(number) <= 4:
        return number  # an extension: not personal, and useful in a log
    return number[:2] + "*" * (len(number) - 4) + number[-2:]
