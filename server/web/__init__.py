"""HTTP and sockets: parse, one verb or query, reply."""
