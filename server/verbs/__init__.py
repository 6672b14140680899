"""What the hall does: functions of an open transaction, each recording its events."""
