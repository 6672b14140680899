"""A serial cable: kept open, lost and found again, shared, and never in the way of the loop."""

import asyncio
import contextlib
import os
import termios
import tty
from pathlib import Path

import pytest

from devices.errors import NotConnected
from devices.port_line import Lines, PortLine


class Cable:
    """A pseudo-terminal behind a name that comes and goes, as /dev/ttyUSB0 does."""

    def __init__(self, path):
        self.path, self.ours = str(path), -1
        self.plug()

    def plug(self):
        self.ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        os.set_blocking(self.ours, False)
        fresh = Path(f"{self.path}.new")
        fresh.symlink_to(os.ttyname(self._theirs))
        fresh.rename(self.path)

    def unplug(self):
        Path(self.path).unlink()
        os.close(self._theirs)
        os.close(self.ours)

    async def hears(self, count):
        loop, arrived, heard = asyncio.get_running_loop(), asyncio.Queue(), b""
        loop.add_reader(self.ours, lambda: arrived.put_nowait(os.read(self.ours, 4096)))
        async with asyncio.timeout(5):
            while len(heard) < count:
                heard += await arrived.get()
        loop.remove_reader(self.ours)
        return heard


@pytest.fixture
def cable(tmp_path):
    """A cable that is plugged in."""
    cable = Cable(tmp_path / "ttyUSB0")
    yield cable
    with contextlib.suppress(OSError):
        cable.unplug()


async def until(line, condition):
    """Wait until the line's health says so."""
    changed = asyncio.Event()
    line.watch(changed.set)
    async with asyncio.timeout(10):
        while line.health().condition != condition:
            changed.clear()
            await changed.wait()


def test_bytes_go_both_ways(cable):
    """What is written arrives, what arrives is read, and the speed is the one asked for."""

    async def story():
        line = PortLine(cable.path, baud=19200)
        reader = line.reader()
        await line.open()
        await line.connected()
        await line.write(b"out")
        heard = await cable.hears(3)
        os.write(cable.ours, b"in")
        got = b""
        async with asyncio.timeout(5):
            while len(got) < 2:
                got += await reader.read()
        speed = termios.tcgetattr(cable.ours)[4]
        await line.close()
        return heard, got, speed == termios.B19200

    assert (b"out", b"in", True) == asyncio.run(story())


def test_a_cable_lost_is_found_again(cable):
    """Unplugged it is away and refuses to write; plugged in again it goes on, for reader and writer alike."""

    async def story():
        line = PortLine(cable.path)
        reader = line.reader()
        await line.open()
        await line.connected()
        cable.unplug()
        await until(line, "lost")
        with pytest.raises(NotConnected):
            await line.write(b"lost")
        cable.plug()
        await until(line, "ok")
        await line.write(b"found")
        heard = await cable.hears(5)
        os.write(cable.ours, b"!")
        async with asyncio.timeout(5):
            got = await reader.read()
        await line.close()
        return heard, got

    assert (b"found", b"!") == asyncio.run(story())


def test_a_cable_that_was_never_there_is_health_not_an_error(tmp_path):
    """A rack starts before its devices are plugged in."""

    async def story():
        line = PortLine(str(tmp_path / "ttyUSB9"))
        await line.open()
        changed = asyncio.Event()
        line.watch(changed.set)
        async with asyncio.timeout(5):
            while "ttyUSB9" not in (line.health().detail or ""):
                await changed.wait()
                changed.clear()
        await line.close()
        return line.health().condition

    assert "lost" == asyncio.run(story())


def test_a_second_owner_of_the_port_is_kept_out(cable):
    """Two racks on one cable would garble each other: the second is told."""

    async def story():
        first, second = PortLine(cable.path), PortLine(cable.path)
        await first.open()
        await first.connected()
        await second.open()
        changed = asyncio.Event()
        second.watch(changed.set)
        async with asyncio.timeout(5):
            while "not opened yet" == second.health().detail:
                await changed.wait()
                changed.clear()
        detail = second.health().detail
        await second.close()
        await first.close()
        return detail

    assert "exclusively lock" in asyncio.run(story())


def test_devices_that_name_the_same_port_share_it(cable):
    """Twelve signs hang on one bus: one line, each listener hears all, the last owner closes it."""

    async def story():
        lines = Lines()
        one, two = lines.at(cable.path, baud=9600), lines.at(cable.path, baud=9600)
        readers = [one.reader(), two.reader()]
        await one.open()
        await two.open()
        await one.connected()
        os.write(cable.ours, b"x")
        async with asyncio.timeout(5):
            got = [await reader.read() for reader in readers]
        await one.close()
        still = two.health().condition
        await two.close()
        return one is two, got, still, two.health().condition

    assert (True, [b"x", b"x"], "ok", "lost") == asyncio.run(story())


def test_one_bus_has_one_speed():
    """Two speeds on one port are a mistake in config.toml."""
    lines = Lines()
    lines.at("/dev/ttyUSB0", baud=9600)

    with pytest.raises(ValueError, match="9600 and at 57600"):
        lines.at("/dev/ttyUSB0", baud=57600)


def test_a_converter_on_the_network_is_a_port_too():
    """socket:// reaches an RS-485 converter; when it hangs up the line comes back by itself."""

    async def story():
        connections = asyncio.Queue()
        server = await asyncio.start_server(lambda reader, writer: connections.put_nowait((reader, writer)), "127.0.0.1", 0)
        line = PortLine(f"socket://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        await line.open()
        async with asyncio.timeout(10):
            _, first = await connections.get()
            await until(line, "ok")
            first.close()
            reader, second = await connections.get()
            await until(line, "ok")
            await line.write(b"again")
            heard = await reader.readexactly(5)
        await line.close()
        second.close()
        server.close()
        return heard

    assert b"again" == asyncio.run(story())


def test_a_peer_that_takes_no_bytes_does_not_hold_up_the_loop(cable):
    """A write into a full pipe fails after its time; meanwhile the loop turns."""
    turns = 0

    async def story():
        nonlocal turns
        line = PortLine(cable.path, baud=921600)
        await line.open()
        await line.connected()
        stuck = asyncio.create_task(line.write(bytes(60_000)))
        while not stuck.done() and turns < 20:
            await asyncio.sleep(0.01)
            turns += 1
        await line.close()
        with pytest.raises(NotConnected):
            await stuck

    asyncio.run(story())

    assert 20 == turns
