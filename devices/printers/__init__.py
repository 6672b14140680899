"""Ticket printers: what stands on a slip, its bytes, its cables."""
