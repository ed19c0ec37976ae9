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


class ConfigWaveLive(Event):
    """All nodes of a wave run a release, or are passed over because they are away. Subject: the release."""

    name = "config.wave_live"
    number: int
    wave: int  # from 1
    nodes: list[str]


class ConfigStopped(Event):
    """A release did not hold on one of several nodes: no further node gets it. Subject: the release."""

    name = "config.stopped"
    number: int
    node: str
    problems: list[str]
