"""One update and one insert a transaction: what a durable act costs at the very least."""

import time

from server.engines import open_engine


class BareCommits:
    """A database of its own with the house's own pragmas, in plain sqlite3's hands."""

    def __init__(self, path):
        self.engine = open_engine(path)
        self.connection = self.engine.connect()
        self.driver = self.connection.connection.driver_connection
        self.driver.execute("CREATE TABLE counted (id INTEGER PRIMARY KEY, n INTEGER)")
        self.driver.execute("CREATE TABLE ticket (id INTEGER PRIMARY KEY, number TEXT, service TEXT, at INTEGER)")
        self.driver.execute("INSERT INTO counted VALUES (1, 0)")

    def commit(self, n=0):
        self.driver.execute("BEGIN IMMEDIATE")
        self.driver.execute("UPDATE counted SET n = n + 1 WHERE id = 1")
        self.driver.execute("INSERT INTO ticket (number, service, at) VALUES (?, 'biz-setup', ?)", (f"A{n:03}", n))
        self.driver.execute("COMMIT")

    def take_ms(self, count):
        """How long each of so many took."""
        took = []
        for n in range(count):
            began = time.perf_counter()
            self.commit(n)
            took.append((time.perf_counter() - began) * 1000)
        return took

    def closes(self):
        self.connection.close()
        self.engine.dispose()
