"""Signs of a described frame: what the description says is what goes over the cable, and what cannot be is refused."""

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from devices import registry
from devices.signs import raw
from server.config import ConfigError, DeviceConfig, SignFrame, load_text

ROOT = Path(__file__).parents[2]
REST = ("length", "command", "checksum", "tail")
FRAME_ORDER = SignFrame.model_fields["order"].default
CHECKSUMS = ["none", "xor", "sum8", "neg_sum8", "crc16_modbus", "crc16_arc"]
texts = st.text(st.characters(codec="gbk", exclude_categories=["Cc", "Cs", "Zs"]), min_size=1, max_size=20)


def framed(text="窗口", *, address=3, **spec):
    """The frame of a text, as hexadecimal digits."""
    return raw.frame(text, address=address, spec=SignFrame(**spec), encoding="gbk").hex(" ").upper()


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"head": "A5 5A", "tail": "0D"}, "A5 5A 03 B4 B0 BF DA 0D"),
        (
            {"head": "A5 5A", "length_bytes": 1, "checksum": "sum8", "checksum_from": "address", "tail": "0D"},
            "A5 5A 03 04 B4 B0 BF DA 04 0D",
        ),
        (
            {
                "head": "02",
                "address_bytes": 2,
                "length_bytes": 2,
                "length_of": ["address", "length", "command", "text"],
                "command": "31",
            },
            "02 00 03 00 09 31 B4 B0 BF DA",
        ),
        (
            {"head": "02", "length_bytes": 2, "length_of": ["head", "address", "length", "text"], "high_first": False},
            "02 03 08 00 B4 B0 BF DA",
        ),
        ({"head": "AA", "text_bytes": 6, "order": ["head", "text", "address", *REST]}, "AA B4 B0 BF DA 20 20 03"),
        ({"head": "AA", "checksum": "neg_sum8", "tail": "0D"}, "AA 03 B4 B0 BF DA 56 0D"),
        ({"head": "AA", "checksum": "xor", "checksum_from": "text", "tail": "0D"}, "AA 03 B4 B0 BF DA 61 0D"),
    ],
)
def test_the_frame_is_what_its_description_says(spec, expected):
    """窗口 is B4 B0 BF DA in GBK; lengths and sums were counted by hand."""
    assert expected == framed(**spec)


def test_a_crc_stands_the_way_the_maker_wants_it():
    """Low byte first, unless it is said otherwise."""
    low, high = (framed(head="AA", checksum="crc16_arc", checksum_high_first=first, tail="0D").split() for first in (False, True))

    assert low[-3:-1] == high[-3:-1][::-1]


@given(
    st.lists(st.tuples(texts, st.integers(0, 255)), min_size=1, max_size=5),
    st.sampled_from(CHECKSUMS),
    st.sampled_from([{"length_bytes": 1}, {"length_bytes": 2, "high_first": False}, {"tail": "0D 0A"}, {"text_bytes": 44}]),
    st.permutations(FRAME_ORDER[1:]),
    st.integers(1, 30),
)
def test_a_sign_reads_what_was_sent(said, kind, ending, order, size):
    """Any parts in any order that the description allows, in pieces of any size."""
    try:
        spec = SignFrame(head="A5 5A", command="31", checksum=kind, order=("head", *order), **ending)
    except ValidationError:
        assume(condition=False)
    stream = b"".join(raw.frame(text, address=address, spec=spec, encoding="gbk") for text, address in said)
    reader = raw.Reader(spec, encoding="gbk")

    read = [one for at in range(0, len(stream), size) for one in reader.feed(stream[at : at + size])]

    assert [(address, text) for text, address in said] == read


def test_a_text_too_long_is_cut_between_two_characters():
    """A field of five bytes has room for two characters of two."""
    assert "AA 03 B4 B0 BF DA 20" == framed("窗口号", head="AA", text_bytes=5)


def test_a_spoilt_frame_does_not_hide_the_next():
    """It looks for the next head within what it took for the first."""
    spec = SignFrame(head="A5 5A", length_bytes=1, checksum="xor", tail="0D")
    good = raw.frame("A019", address=1, spec=spec, encoding="gbk")
    spoilt = good[:5] + b"\xff" + good[6:]

    assert [(1, "A019")] == raw.Reader(spec, encoding="gbk").feed(spoilt + good)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        ('{ head = "A5 5", tail = "0D" }', "device[1] s.frame.head = 'A5 5': bytes are written as pairs of hexadecimal digits"),
        ('{ tail = "0D" }', "device[1] s.frame.head: this key is needed"),
        ('{ head = " ", tail = "0D" }', "device[1] s.frame: head has at least one byte"),
        (
            '{ head = "A5", length_bytes = 1, text_bytes = 255, length_of = ["text", "address"] }',
            "more bytes than a length of 1 can count",
        ),
        (
            '{ head = "A5" }',
            "device[1] s.frame: the end of the text is told by length_bytes, by text_bytes or by a tail behind it",
        ),
        (
            '{ head = "A5", tail = "0D", order = ["head", "text"] }',
            "order names each of head, address, length, command, text, checksum, tail",
        ),
        ('{ head = "A5", tail = "0D", checksum = "xor", checksum_from = "tail" }', "checksum_from stands before checksum"),
        (
            '{ head = "A5", tail = "0D", checksum = "crc32" }',
            "device[1] s.frame.checksum = 'crc32': Input should be 'none', 'xor'",
        ),
    ],
)
def test_a_description_that_cannot_be_is_refused(frame, said):
    """One sentence that names the place and what is allowed."""
    entry = (
        f'[[device]]\nname = "s"\nstation = "counter-1"\nkind = "sign/raw"\nport = "/dev/ttyUSB9"\ncounter = 1\nframe = {frame}\n'
    )
    hall = (ROOT / "config.toml").read_text(encoding="utf-8")

    with pytest.raises(ConfigError) as refused:
        load_text(hall.replace("[[device]]", f"{entry}[[device]]", 1))

    assert said in "\n".join(refused.value.problems)
    assert 1 == len(refused.value.problems)


def test_what_an_entry_lacks_is_said():
    """For `jiaohao check`."""

    def problems(kind, **changes):
        facts = {"name": "d", "station": "s", "kind": kind, "counter": 1, "port": "/dev/ttyUSB0"}
        return registry.problems(DeviceConfig(**(facts | changes)))

    assert ["device d: sign/raw needs frame"] == problems("sign/raw")
    assert ["device d: frame belongs to sign/raw alone"] == problems("sign/alpha", frame={"head": "A5", "tail": "0D"})
    assert [] == problems("sign/virtual", frame={"head": "A5", "tail": "0D"})  # what stands in for sign/raw in the demo
    assert ["device d: address is at most 255"] == problems("sign/raw", frame={"head": "A5", "tail": "0D"}, address=256)
    assert ["device d: address is at most 247"] == problems("sign/modbus-led485", address=248)
    assert ["device d: texts.idle = '欢迎': sign/alpha has ASCII letters alone"] == problems("sign/alpha", texts={"idle": "欢迎"})
    assert ["device d: texts.call = '{window}': one line, in which {number} and {counter} alone stand for something"] == problems(
        "sign/onbon-bx", texts={"call": "{window}"}
    )
    assert ["device d: protocol 'morse' is none of a sign; known are onbon-bx, modbus-led485, alpha, raw"] == problems(
        "sign/emulated", protocol="morse"
    )
