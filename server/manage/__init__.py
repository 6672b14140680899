"""The manager's surface."""
