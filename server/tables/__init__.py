"""The schema: one file per noun, no behaviour."""
