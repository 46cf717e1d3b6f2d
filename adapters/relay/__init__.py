"""Carries requests over plain HTTP to servers that speak the client's own wire format: its bytes go out, theirs come
back."""

from adapters.relay.backend import Relay
from adapters.relay.passing import Outgoing, Passing
from adapters.relay.wires import Clocks, Dialect, Target, Wires

__all__ = ["Clocks", "Dialect", "Outgoing", "Passing", "Relay", "Target", "Wires"]
