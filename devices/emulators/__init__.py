"""Emulated hardware: machines that eat the real bytes at the far end of real wires, for tests and trainings."""
