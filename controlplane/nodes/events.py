"""What happens to nodes and what is connected to them. They belong to the node, not to one organisation."""

from typing import ClassVar

from controlplane.platform.events import Event


class NodeUp(Event):
    """A node reports, and its Asterisk runs. ``subject`` is the node's id."""

    name: ClassVar[str] = "node.up"
    node: str


class NodeDown(Event):
    """A node went silent for a minute (``silent``), or its Asterisk is gone (``asterisk``)."""

    name: ClassVar[str] = "node.down"
    node: str
    reason: str


class NodeDrifted(Event):
    """Something was changed on a node outside of a release. ``subject`` is the node's id."""

    name: ClassVar[str] = "node.drifted"
    node: str
    found: list[str]  # what, when and by whom as far as it can be known, in sentences


class NodeInLine(Event):
    """Nothing on a node differs from its release any more."""

    name: ClassVar[str] = "node.in_line"
    node: str


class _DeviceEvent(Event):
    node: str
    device: str  # PJSIP endpoint id = the device's SIP user name


class DeviceRegistered(_DeviceEvent):
    """A phone can be reached from now on. ``subject`` is its SIP user name."""

    name: ClassVar[str] = "device.registered"


class DeviceUnregistered(_DeviceEvent):
    """A phone can no longer be reached."""

    name: ClassVar[str] = "device.unregistered"


class _TrunkEvent(Event):
    node: str
    trunk: str  # PJSIP endpoint id, ``trunk-<hex of the trunk's UUID>``


class TrunkUp(_TrunkEvent):
    """The carrier answers, or the registration holds. ``subject`` is the endpoint id."""

    name: ClassVar[str] = "trunk.up"


class TrunkDown(_TrunkEvent):
    """The carrier doesn't answer, or the registration is lost."""

    name: ClassVar[str] = "trunk.down"
