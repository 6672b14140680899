"""Loudspeakers: what plays the hall's calls, and which comes next."""
