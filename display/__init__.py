"""What the room sees and hears: the lobby screen and the sign over a window."""
