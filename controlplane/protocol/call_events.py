"""What our dialplan writes into Asterisk's channel event log, and how it is read back.

The dialplan calls ``CELGenUserEvent(NAME,key=value|key=value…)``. Values are ids, digits, E.164 numbers and fixed words
only, never text from people, so ``|`` and ``=`` need no escaping. In the CEL file the event arrives as type
``USER_DEFINED`` with NAME and the pairs in their own columns.
"""

from enum import StrEnum


class CallEvent(StrEnum):
    """Decisions and happenings on the way of a call.

    Ids are UUIDs of configuration objects with dashes; ``org``, ``loc`` (may be empty) likewise.
    """

    INBOUND = "CP_INBOUND"  # did, trunk, dialed (+E164), caller (+E164 or as sent), org, loc, release: a call came in.
    # Of most calls the first AT or HOURS has these pairs besides its own; alone it is where other steps come between.
    INTERNAL = "CP_INTERNAL"  # device, ext (of the one who dials), dialed, org, loc, release: a phone of ours dials
    NODE = "CP_NODE"  # node: the call goes on there; our leg to it is a call of its own on that node
    TAKEN_OVER = "CP_TAKEN_OVER"  # node, call (linkedid there), dialed, org, release: that other end of it
    OUTBOUND = "CP_OUTBOUND"  # route, trunk, dialed (as sent), shown (caller number sent): one per trunk tried
    TRUNK_FULL = "CP_TRUNK_FULL"  # route, trunk: passed over, it carries as many calls as it may
    AT = "CP_AT"  # kind (a DestinationKind), id (or number=), why (see Why): the call arrives somewhere.
    # Never at a time condition: hours (its id) says that one has sent the call on, and why, how it stood.
    HOURS = "CP_HOURS"  # id (time condition), state: open | closed | holiday; where it sends the call to another one
    KEY = "CP_KEY"  # id (IVR menu), digit (a key, or the extension dialled), result: chosen | invalid | timeout
    DIAL_END = "CP_DIAL_END"  # id (extension or ring group), status: Asterisk's DIALSTATUS
    CAUSE = "CP_CAUSE"  # channel (a leg that was rung in vain), sip (status code that it answered, 300 or more)
    QUEUE_END = "CP_QUEUE_END"  # id (queue), status: QUEUESTATUS (empty when a member took the call)
    WHISPER = "CP_WHISPER"  # id (queue): begins on the member's leg
    CONSENT = "CP_CONSENT"  # the caller hears the recording notice
    RECORD = "CP_RECORD"  # file (base name in the recording folder): recording is armed, runs while bridged
    VOICEMAIL = "CP_VOICEMAIL"  # box (id), status: VMSTATUS, file (message path without extension; empty if none)
    VOICEMAIL_CHECK = "CP_VOICEMAIL_CHECK"  # box (id): somebody listens to messages


class Why(StrEnum):
    """Why a call arrived at an object."""

    NUMBER = "number"  # the phone number's destination
    DIALED = "dialed"  # a phone dialled it
    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    KEY = "key"
    PLAYED = "played"  # an announcement was played that sends calls on
    TIMEOUT = "timeout"  # no key pressed
    INVALID = "invalid"  # wrong keys
    NO_ANSWER = "no_answer"
    BUSY = "busy"  # busy, or no device of it can be reached
    OVERFLOW = "overflow"  # waited too long in a queue
    FULL = "full"  # the queue is full
    EMPTY = "empty"  # no member can take calls
    UNKNOWN = "unknown"  # nothing has this number; kind is hangup
    TRUNK_FULL = "trunk_full"  # the trunk carries as many calls as it may; kind is hangup
    NODE = "node"  # a call on another node of ours was sent here
    LOOP = "loop"  # sent round and round by its own key presses; kind is hangup


def write_pairs(**pairs: object) -> str:
    """``key=value|key=value`` in the given order."""
    return "|".join(f"{key}={value}" for key, value in pairs.items())


def read_pairs(text: str) -> dict[str, str]:
    """The pairs again; pieces without ``=`` are passed over."""
    return dict(piece.split("=", 1) for piece in text.split("|") if "=" in piece)
