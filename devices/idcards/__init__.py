"""Readers of identity cards: closed machines whose maker's service, a bridge, pushes what it read."""
