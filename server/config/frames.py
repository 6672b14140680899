"""Frames of makers whose devices no code here knows, described by whoever installs them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from server.config.part import Part


def _bytes(said: str) -> str:
    """
    Bytes written as pairs of hexadecimal digits.

    Raises:
        ValueError: they are not.
    """
    try:
        bytes.fromhex(said)
    except ValueError:
        raise ValueError('bytes are written as pairs of hexadecimal digits, for example "A5 5A"') from None
    return said


Hex = Annotated[str, AfterValidator(_bytes)]
FramePart = Literal["head", "address", "length", "command", "text", "checksum", "tail"]
FRAME_ORDER: tuple[FramePart, ...] = ("head", "address", "length", "command", "text", "checksum", "tail")


class SignFrame(Part):
    """`device.frame`: the frame of a maker whose signs no code here knows; kind sign/raw."""

    head: Hex = Field(description="the first bytes of every frame")
    address_bytes: int = Field(1, ge=0, le=2, description="bytes of the address; 0: the sign has none")
    length_bytes: int = Field(0, ge=0, le=2, description="bytes of the length; 0: the frame says none")
    length_of: tuple[FramePart, ...] = Field(("text",), description="the parts whose bytes the length counts")
    high_first: bool = Field(True, description="an address and a length of two bytes begin with the high one")
    command: Hex = Field("", description="fixed bytes that say that a text follows")
    text_bytes: int = Field(0, ge=0, le=255, description="bytes the text is filled up to with spaces; 0: as long as it is")
    checksum: Literal["none", "xor", "sum8", "neg_sum8", "crc16_modbus", "crc16_arc"] = Field(
        "none", description="kind of the checksum"
    )
    checksum_from: FramePart = Field("head", description="the first part the checksum covers; it ends before the checksum")
    checksum_high_first: bool = Field(False, description="a checksum of two bytes begins with the high one")
    tail: Hex = Field("", description="the last bytes of every frame")
    order: tuple[FramePart, ...] = Field(FRAME_ORDER, description="the parts as they follow each other")

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        """
        A sign can tell where a frame begins and ends, and so can the checksum.

        Raises:
            ValueError: it cannot.
        """
        if sorted(self.order) != sorted(FRAME_ORDER) or self.order[0] != "head":
            raise ValueError(f"order names each of {', '.join(FRAME_ORDER)} once, head first")
        at = self.order.index
        sizes = self.sizes()
        if not sizes["head"]:
            raise ValueError("head has at least one byte")
        if self.length_bytes and at("length") > at("text"):
            raise ValueError("length stands before text")
        if self.checksum != "none" and at(self.checksum_from) >= at("checksum"):
            raise ValueError("checksum_from stands before checksum")
        told = self.length_bytes and "text" in self.length_of
        if not (told or self.text_bytes or (sizes["tail"] and at("tail") > at("text"))):
            raise ValueError("the end of the text is told by length_bytes, by text_bytes or by a tail behind it")
        if self.length_bytes and sum(sizes[part] for part in self.length_of) >= 256**self.length_bytes:
            raise ValueError(f"what length_of names has more bytes than a length of {self.length_bytes} can count")
        return self

    def sizes(self) -> dict[FramePart, int]:
        """Bytes of each part; 0 of a text that has no length of its own."""
        return {
            "head": len(bytes.fromhex(self.head)),
            "address": self.address_bytes,
            "length": self.length_bytes,
            "command": len(bytes.fromhex(self.command)),
            "text": self.text_bytes,
            "checksum": 0 if self.checksum == "none" else 2 if self.checksum.startswith("crc16") else 1,
            "tail": len(bytes.fromhex(self.tail)),
        }


HEX = r"^\s*([0-9A-Fa-f]{2}\s*)*$"
HEX_BYTE = r"^[0-9A-Fa-f]{2}$"


class KeypadFrame(Part):
    """What a rating keypad sends and is told, byte for byte; positions count from 0."""

    head: str = Field(pattern=HEX, description="bytes a key frame begins with, in hex")
    length: int = Field(ge=2, le=64, description="bytes of a whole key frame, with checksum and tail")
    address_at: int | None = Field(None, ge=0, description="position of the address; unset: frames carry none")
    command_at: int | None = Field(None, ge=0, description="position of the command; unset: frames carry none")
    command: str | None = Field(
        None, pattern=HEX_BYTE, description="command of a key frame, one byte in hex; others are passed over"
    )
    key_at: int = Field(ge=0, description="position of the key code")
    keys: dict[Annotated[str, StringConstraints(pattern=HEX_BYTE)], Annotated[int, Field(ge=1, le=5)]] = Field(
        description="key code, one byte in hex, and its level, 5 the best"
    )
    checksum: Literal["none", "xor", "sum8", "neg_sum8", "crc16_modbus", "crc16_arc"] = Field(
        "none", description="kind of checksum, before the tail; a CRC with its low byte first"
    )
    checksum_from: int = Field(0, ge=0, description="position of the first byte that is summed")
    tail: str = Field("", pattern=HEX, description="bytes a key frame ends with, in hex")
    ask: str = Field("", description="frame that makes it ask for a rating: hex with {address} and {check}; empty: none is sent")
    thanks: str = Field("", description="frame after a rating, in the same way; empty: as clear")
    clear: str = Field("", description="frame that ends the asking, in the same way; empty: none is sent")
