"""Events of the release slice."""

from controlplane.platform.events import Event


class ConfigApplied(Event):
    """A release is live on every node. Subject: the release."""

    name = "config.applied"
    number: int


class ConfigRolledBack(Event):
    """A release did not hold, and the one before is live again. Subject: the release."""

    name = "config.rolled_back"
    number: int
    node: str
    problems: list[str]
