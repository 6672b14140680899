"""Caller pads: a clerk's keys and small display."""
