"""What the hall looks like: read-only snapshots, each true at one journal position."""
