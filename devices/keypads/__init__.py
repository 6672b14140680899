"""Rating keypads: bytes to levels."""
