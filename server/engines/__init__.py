"""The databases the house runs on, each spoken to in its own manner; nobody above knows which it is."""

from server.engines.kept import Kept
from server.engines.manner import FOUNDING, Bell, Manner, Place, Unfit, manner_of, open_engine, place_of

__all__ = ["FOUNDING", "Bell", "Kept", "Manner", "Place", "Unfit", "manner_of", "open_engine", "place_of"]
