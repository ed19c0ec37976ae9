"""Why a call or one of its legs ended, as SIP and ISDN say it, in words for people.

Source: RFC 3261, section 21 (status codes); Asterisk 22, channels/chan_pjsip.c, ``hangup_cause2sip``.
"""

from controlplane.calls.legs import cause_in_words

_PHRASES: dict[int, tuple[str, str]] = {
    301: ("Moved Permanently", "it sends calls elsewhere, which we don't follow"),
    302: ("Moved Temporarily", "it sends calls elsewhere, which we don't follow"),
    400: ("Bad Request", "it didn't understand us"),
    401: ("Unauthorized", "it wants another login"),
    402: ("Payment Required", "the account there has no credit"),
    403: ("Forbidden", "it doesn't allow this call"),
    404: ("Not Found", "it doesn't know this number"),
    407: ("Proxy Authentication Required", "it wants another login"),
    408: ("Request Timeout", "it gave no answer in time"),
    410: ("Gone", "the number is no longer in use"),
    415: ("Unsupported Media Type", "it can't use what we sent"),
    480: ("Temporarily Unavailable", "nobody can be reached there now"),
    481: ("Call/Transaction Does Not Exist", "it knows nothing of the call"),
    482: ("Loop Detected", "the call went round in a circle"),
    483: ("Too Many Hops", "the call was passed on too often"),
    484: ("Address Incomplete", "the number is not complete"),
    486: ("Busy Here", "the phone is in a call"),
    487: ("Request Terminated", "we took the call back"),
    488: ("Not Acceptable Here", "there is no codec that both sides have"),
    500: ("Server Internal Error", "something failed there"),
    502: ("Bad Gateway", "the network behind it failed"),
    503: ("Service Unavailable", "it can't take calls now"),
    504: ("Server Time-out", "the network behind it gave no answer"),
    600: ("Busy Everywhere", "every phone there is in a call"),
    603: ("Decline", "somebody declined the call"),
    604: ("Does Not Exist Anywhere", "nobody knows this number"),
    606: ("Not Acceptable", "there is no codec that both sides have"),
    607: ("Unwanted", "the call was not wanted"),
    608: ("Rejected", "a filter refused the call"),
}

_TOLD_CALLER: dict[int, int] = {
    1: 404, 2: 404, 3: 404, 17: 486, 18: 408, 19: 480, 20: 480, 21: 403, 22: 410, 27: 502, 28: 484, 29: 501, 31: 480,
    34: 503, 38: 500, 42: 503, 58: 488, 66: 503, 127: 500,
}  # fmt: skip


def sip_in_words(status: int) -> str:
    """``486 Busy Here: the phone is in a call``."""
    phrase = _PHRASES.get(status)
    return f"{status} {phrase[0]}: {phrase[1]}" if phrase else f"{status}: it refused the call"


def told_caller(q850: int | None) -> int | None:
    """The SIP status with which Asterisk refuses a call that was never answered, by its Q.850 cause."""
    return None if q850 is None else _TOLD_CALLER.get(q850)


def status_line(status: int) -> str:
    """``404 Not Found``."""
    phrase = _PHRASES.get(status)
    return f"{status} {phrase[0]}" if phrase else str(status)


def q850_in_words(cause: int) -> str:
    """``Q.850 17, user busy``."""
    return f"Q.850 {cause}, {cause_in_words(cause)}"
