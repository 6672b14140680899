"""Scanners: bytes to codes."""
