"""Column order of the three record files that Asterisk writes on a node; ``asterisk/etc`` makes them so.

``asterisk/README.md`` tells how to cut them into records and what each column holds.
"""

#: ``log/cel-custom/Master.csv``: one event of one channel. Order of ``fields`` in ``asterisk/etc/cel_custom.conf``.
#:
#: ``eventtype`` is Asterisk's name or USER_DEFINED, never the user event's own name: that is ``userdeftype``.
#: ``eventtime`` is seconds since 1970 UTC with six decimals. ``eventextra`` is empty or one JSON object.
CEL_COLUMNS = (
    "eventtype",
    "eventtime",
    "cid_name",
    "cid_num",
    "cid_ani",
    "cid_rdnis",
    "cid_dnid",
    "exten",
    "context",
    "channame",
    "appname",
    "appdata",
    "accountcode",
    "uniqueid",
    "linkedid",
    "peer",
    "userfield",
    "userdeftype",
    "eventextra",
)

#: ``log/cdr-custom/Master.csv``: one pair of channels. Order of ``fields`` in ``asterisk/etc/cdr_custom.conf``.
#:
#: ``start``, ``answer`` and ``end`` are seconds since 1970 UTC with six decimals, ``0.000000`` for never;
#: ``duration`` and ``billsec`` are whole seconds.
CDR_COLUMNS = (
    "accountcode",
    "src",
    "dst",
    "dcontext",
    "clid",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "start",
    "answer",
    "end",
    "duration",
    "billsec",
    "disposition",
    "amaflags",
    "uniqueid",
    "linkedid",
    "userfield",
    "sequence",
)

#: ``log/queue_log``: one happening, separated by ``|`` without quotes; trailing data columns may be missing.
#:
#: ``time`` is whole seconds since 1970 UTC; ``callid`` is the waiting caller's uniqueid, or NONE, or REALTIME.
#: Source: https://docs.asterisk.org/Configuration/Applications/Queue-Logs/
QUEUE_LOG_COLUMNS = ("time", "callid", "queuename", "agent", "event", "data1", "data2", "data3", "data4", "data5")
