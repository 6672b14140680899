"""The part of config.toml that is about this machine: addresses, database, devices."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from server.config.frames import KeypadFrame, SignFrame
from server.config.part import Part

Network = IPv4Network | IPv6Network


class ServerConfig(Part):
    """`[server]`: where this machine listens, whom it trusts, how long sign-ins last."""

    host: str = Field("127.0.0.1", description="address the server listens on")
    port: int = Field(8000, ge=1, le=65535, description="port the server listens on")
    public_url: str = Field(
        "http://127.0.0.1:8000", pattern=r"^https?://[^/\s]+$", description="what QR codes and follow links begin with"
    )
    hosts: dict[str, str] = Field({}, description="host names that are a hall's own, each with that hall's key")
    trusted_networks: tuple[Network, ...] = Field(
        (), description="networks whose machines are stations without a key, of the hall at the root"
    )
    trusted_proxies: tuple[Network, ...] = Field((), description="reverse proxies whose X-Forwarded-For counts")
    session_idle_min: int = Field(120, ge=1, description="minutes without a request after which a sign-in ends")
    session_max_h: int = Field(12, ge=1, le=24, description="hours after which a sign-in ends in any case")
    lock_after: int = Field(5, ge=1, description="wrong passwords in a row before a job number is locked")
    lock_min: int = Field(15, ge=1, description="minutes a job number stays locked")


class DatabaseConfig(Part):
    """`[database]`: where the hall is kept."""

    path: str = Field("hall.sqlite3", description="SQLite file inside the data folder")
    url: str = Field(
        "",
        pattern=r"^(postgresql(\+psycopg)?://\S+)?$",
        description="a PostgreSQL database in its place: postgresql+psycopg://user@host/name",
    )

    archive: str = Field(
        "", description="folder into which whole months of the journal go at night; empty: the journal stays whole"
    )

    @model_validator(mode="before")
    @classmethod
    def _in_one_word(cls, given: object) -> object:
        """`database = "postgresql+psycopg://…"` says the same in one line."""
        return {"url": given} if isinstance(given, str) else given


VoiceName = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}_[a-z]+$")]


class VoiceConfig(Part):
    """`[voice]`: who speaks the calls, and in which languages."""

    providers: tuple[Literal["clips", "kokoro", "shipped", "chime"], ...] = Field(
        ("shipped", "chime"), description="who speaks, the first that can: clips, kokoro, shipped, chime; chime comes last"
    )
    clips: Path | None = Field(None, description="folder with the hall's own recordings and their manifest.toml")
    kokoro: Path | None = Field(None, description="folder with Kokoro's *.onnx, vocab.json and voices/ (needs jiaohao[voice])")
    voice: dict[str, VoiceName] = Field(
        {"zh-CN": "zf_xiaoyi", "en": "af_heart"}, description="Kokoro's voice for each language it is to speak"
    )
    speed: float = Field(0.9, ge=0.5, le=1.5, description="how fast Kokoro speaks")
    order: tuple[str, ...] = Field(
        (), description="languages of every call, in turn; empty: the screen's, then the one the number was taken in"
    )
    one: Literal["一", "幺"] = Field("一", description="how 1 is said in a number in Chinese")

    @model_validator(mode="after")
    def _in_turn(self) -> Self:
        for key, given in (("providers", self.providers), ("order", self.order)):
            if len(set(given)) != len(given):
                raise ValueError(f"{key} names one twice")
        if "chime" in self.providers[:-1]:
            raise ValueError("chime comes last in providers: nobody is asked after it")
        return self


class DeviceConfig(Part):
    """`[[device]]`: one piece of hardware, its cable and its kind."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="shows up in health and logs; unique")
    station: str = Field(description="the station whose rack opens it")
    kind: str = Field(description="key in devices/registry.py, for example printer/escpos")
    port: str = Field("", description="/dev/usb/lp0, /dev/ttyUSB0, socket://10.0.0.9:9100 …; empty for virtual kinds")
    protocol: str = Field("", description="of an emulated kind: what it speaks, the second half of the kind it stands in for")
    width_mm: Literal[58, 80] = Field(80, description="paper width of a printer")
    baud: int = Field(9600, ge=300, description="speed of a serial port")
    neighbour: str = Field("", description="name of the printer that takes over when this one cannot print, at another station")
    counter: int | None = Field(None, description="the counter a sign, keypad or pad belongs to")
    area: str | None = Field(None, description="the area a loudspeaker speaks for; without it the first")
    address: int = Field(1, ge=0, le=65535, description="address on a shared bus")
    encoding: Literal["gb18030", "gbk", "big5", "utf-8"] = Field("gb18030", description="text encoding of the device")
    mode: Literal["raster", "text"] | None = Field(None, description="how a printer is driven; unset: by its port")
    ack: bool = Field(True, description="whether the device answers when asked for its state")
    dots_width: int = Field(144, ge=8, le=4096, description="columns of an LED sign")
    dots_height: int = Field(16, ge=8, le=1024, description="rows of an LED sign")
    framing: Literal["8N1", "8N2", "8E1", "8O1", "7N2", "7E1", "7O1"] | None = Field(
        None, description="data bits, parity and stop bits of a serial port; unset: 8N1, 7E1 of sign/alpha"
    )
    gap_ms: int = Field(80, ge=0, le=5000, description="silence between two frames on a bus of signs")
    resend_s: int = Field(30, ge=1, le=3600, description="after so long a sign is told again, for it may have lost its power")
    unit: Literal["dots", "bytes"] = Field("dots", description="what sign/onbon-bx is told its width in: dots or bytes of eight")
    check: bool = Field(True, description="whether frames of sign/alpha carry their checksum")
    flash_s: int = Field(3, ge=0, le=60, description="a new call flashes so long on a sign that can (sign/alpha); 0: not at all")
    texts: dict[Literal["call", "serving", "idle", "paused", "closed"], str] = Field(
        {}, description="a sign's own words in the place of the hall's; {number} and {counter} stand for ticket and window"
    )
    frame: SignFrame | None = Field(None, description="of sign/raw: the frame its maker wants")
    keypad_frame: KeypadFrame | None = Field(None, description="the frames of a rating keypad; unset: the project's own")
    fields: dict[Literal["id", "name", "birthday"], Annotated[str, StringConstraints(min_length=1, max_length=64)]] = Field(
        {}, description="what a card reader's bridge calls id, name and birthday, where it calls them otherwise"
    )
