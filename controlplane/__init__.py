"""Call Commander: a control plane that drives Asterisk."""

__version__ = "0.1.0"
