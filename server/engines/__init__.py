"""The databases the house runs on, each spoken to in its own manner; nobody above knows which it is."""

from server.engines.kept import Kept
from server.engines.manner import Manner, Place, manner_of, open_engine

__all__ = ["Kept", "Manner", "Place", "manner_of", "open_engine"]
