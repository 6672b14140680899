"""How each kind of device deals with the hall: a job, a state, an input."""
