"""Slips judged by what others wrote: a barcode reader (zbar), and an emulator of receipt printers (emupos)."""

import asyncio
import io
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import httpx
import pytest
from PIL import Image, ImageOps

from devices.printers import job
from devices.printers.cables import cable_for
from devices.printers.commands import Reader
from devices.printers.driver import EscPosPrinter
from devices.printers.escpos import encode
from devices.printers.paper import Paper

QUIET_DOTS = 28
START_S = 30


def codes(picture):
    """What a barcode reader finds on a picture; white paper lies around it."""
    try:
        from pyzbar import pyzbar
    except ImportError:
        pytest.skip("pyzbar or libzbar0 is not installed")
    return [found.data.decode() for found in pyzbar.decode(ImageOps.expand(picture.convert("L"), QUIET_DOTS, 255))]


@pytest.mark.parametrize("width_dots", [576, 384])
@pytest.mark.parametrize("mode", ["raster", "text"])
def test_a_reader_finds_the_link_on_the_slip(slip, mode, width_dots):
    """On 80 and 58 mm, drawn by us and by the printer itself."""
    paper = Paper(width_dots=width_dots)
    slips = [paper.take(command) for command in Reader().feed(encode(slip(), width_dots=width_dots, mode=mode))]

    assert [slip().follow_url] == codes(next(picture for picture in slips if picture is not None))


class Judge:
    """A running emupos with one printer on TCP, spoken to by its HTTP API; every byte it got is kept beside."""

    def __init__(self, folder):
        program = os.environ.get("JIAOHAO_EMUPOS") or shutil.which("emupos")
        if not program:
            pytest.skip("emupos is not installed (JIAOHAO_EMUPOS names it; it needs Python 3.13)")
        self.program = Path(program)
        self.port, api = _free_port(), _free_port()
        config = folder / "emupos.yaml"
        config.write_text(
            f"schema: 1\napi: {{ host: 127.0.0.1, port: {api} }}\ndevices:\n  - id: front\n    type: printer\n"
            f"    profile: epson-tm-t20iii\n    connections:\n      - tcp: {{ port: {self.port} }}\n"
            f"    receipts_dir: {folder / 'receipts'}\n"
        )
        self._log = (folder / "log").open("wb")
        self._process = subprocess.Popen(
            [program, "run", "--config", config], stdout=self._log, stderr=subprocess.STDOUT, cwd=folder
        )
        self._api = httpx.Client(base_url=f"http://127.0.0.1:{api}/api/v1/devices/front", trust_env=False)
        deadline = time.monotonic() + START_S
        while not self._answers():
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.1)  # between two looks: it has no other sign of being ready

    def ends(self):
        self._api.close()
        self._process.terminate()
        self._process.wait(timeout=START_S)
        self._log.close()

    def fault(self, name, *, active):
        self._api.request("PUT" if active else "DELETE", f"/faults/{name}").raise_for_status()

    def receipts(self):
        return self._api.get("/receipts").raise_for_status().json()

    def picture(self):
        return Image.open(io.BytesIO(self._api.get("/receipts/latest/image").raise_for_status().content))

    def text(self):
        return self._api.get("/receipts/latest/text").raise_for_status().text

    def _answers(self):
        try:
            return self._api.get("/receipts").is_success
        except httpx.TransportError:
            return False


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    """One for all: it takes some seconds to start."""
    judge = Judge(tmp_path_factory.mktemp("emupos"))
    yield judge
    judge.ends()


def driver(judge, mode="text"):
    """The driver as the rack makes it."""
    return EscPosPrinter(
        "p", cable=cable_for(f"socket://127.0.0.1:{judge.port}", baud=9600), width_mm=80, mode=mode, encoding="gb18030", ack=True,
        changed=lambda: None,
    )  # fmt: skip


@pytest.mark.parametrize("mode", ["text", "raster"])
def test_the_judge_prints_a_slip_and_confirms_it(judge, slip, ready, mode):
    """Its picture holds the code; in text its own words hold the number."""
    before = len(judge.receipts())
    outcome = asyncio.run(driver(judge, mode).print(slip(), before_first_byte=ready))

    assert ("printed", before + 1) == (outcome.result, len(judge.receipts()))
    if mode == "text":
        assert "A027" in judge.text()
    assert [slip().follow_url] == codes(judge.picture())


@pytest.mark.parametrize(
    ("fault", "detail"), [("paper-out", "out of paper"), ("cover-open", "cover open"), ("offline", "offline")]
)
def test_the_judge_names_its_trouble(judge, slip, ready, fault, detail):
    """Asked before the job: nothing is sent, nothing comes out later."""
    before = len(judge.receipts())
    judge.fault(fault, active=True)
    outcome = asyncio.run(driver(judge).print(slip(), before_first_byte=ready))
    judge.fault(fault, active=False)

    assert ("not_sent", detail, before) == (outcome.result, outcome.detail, len(judge.receipts()))


def test_the_judge_says_that_paper_runs_low(judge, slip, ready):
    """And prints all the same."""
    judge.fault("paper-near-end", active=True)
    outcome = asyncio.run(driver(judge).print(slip(), before_first_byte=ready))
    judge.fault("paper-near-end", active=False)

    assert ("printed", "paper runs low") == (outcome.result, outcome.detail)


def test_the_judge_holds_a_job_and_prints_it_once_after_the_refill(judge, slip, ready, monkeypatch):
    """Paper ends before the first byte: unknown; refilled, the held slip comes out, then the next one, each once."""
    monkeypatch.setattr(job, "BARRIER_TIMEOUT_S", 0.5)
    before = len(judge.receipts())

    async def story():
        one = driver(judge)

        async def paper_ends():
            judge.fault("paper-out", active=True)

        first = await one.print(slip(number="A001"), before_first_byte=paper_ends)
        refused = await one.print(slip(number="A002"), before_first_byte=ready)
        held = len(judge.receipts()) - before
        judge.fault("paper-out", active=False)
        second = await one.print(slip(number="A002"), before_first_byte=ready)
        return [first.result, refused.result, second.result], held

    outcomes, held = asyncio.run(story())

    assert (["unknown", "not_sent", "printed"], 0, 2) == (outcomes, held, len(judge.receipts()) - before)


def test_the_judge_reads_every_command_and_all_chinese(judge, slip):
    """Its tokenizer knows each command, and the characters between them are GB18030."""
    program = (
        "import sys\n"
        "from emupos.printer.escpos.tokenizer import Command, Text, Tokenizer\n"
        "tokens = Tokenizer().feed(sys.stdin.buffer.read())\n"
        "strange = [token for token in tokens if not isinstance(token, (Command, Text)) and type(token).__name__ == 'Unknown']\n"
        "text = b' '.join(token.data for token in tokens if isinstance(token, Text)).decode('gb18030')\n"
        "sys.stdout.buffer.write(f'{len(strange)}\\n{text}'.encode())\n"
    )
    python = judge.program.resolve().parent / "python"
    if not python.exists():
        pytest.skip("the judge's own Python is not beside it")
    data = encode(slip(service="㐂镕登记"), width_dots=576, mode="text")
    said = subprocess.run([python, "-c", program], input=data, capture_output=True, check=True).stdout.decode()
    strange, _, text = said.partition("\n")

    assert "0" == strange
    assert [] == [word for word in ("春和区政务服务中心", "A027", "一楼综合服务区", "取号 10:26") if word not in text]
