"""A client of the server that owns hardware: printers, signs, keypads, caller pads."""
