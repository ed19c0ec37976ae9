"""What the control plane and noded say to each other. Additive changes only, else a new version."""

PROTOCOL_VERSION = 1
