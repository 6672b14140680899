"""The queue of the hall: rules, verbs, journal, HTTP and sockets."""
