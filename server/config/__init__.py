"""config.toml as frozen models, validated whole; every error names its place and what the key means."""

from server.config.frames import FramePart, KeypadFrame, SignFrame
from server.config.hall import Counter as CounterSetup
from server.config.hall import HallSetup, Service, Staff
from server.config.hours import FIRST_YEAR, LAST_YEAR, Calendar, CalendarYear, PeakDays
from server.config.load import Config, ConfigError, load, load_text
from server.config.machine import DatabaseConfig, DeviceConfig, ServerConfig, VoiceConfig

__all__ = [
    "FIRST_YEAR",
    "LAST_YEAR",
    "Calendar",
    "CalendarYear",
    "Config",
    "ConfigError",
    "CounterSetup",
    "DatabaseConfig",
    "DeviceConfig",
    "FramePart",
    "HallSetup",
    "KeypadFrame",
    "PeakDays",
    "ServerConfig",
    "Service",
    "SignFrame",
    "Staff",
    "VoiceConfig",
    "load",
    "load_text",
]
