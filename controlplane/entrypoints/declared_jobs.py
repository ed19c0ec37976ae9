"""Importing a slice's ``jobs`` declares them: every process that runs or defers jobs imports this."""

from controlplane.ascode import jobs as ascode
from controlplane.calls import jobs as calls
from controlplane.contacts import jobs as contacts
from controlplane.identity import jobs as identity
from controlplane.nodes import jobs as nodes
from controlplane.rehearsal import jobs as rehearsal
from controlplane.release import jobs as release
from controlplane.telephony import jobs as telephony

SLICES = (ascode, calls, contacts, identity, nodes, rehearsal, release, telephony)
