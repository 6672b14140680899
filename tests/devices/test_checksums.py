"""The checksums that serial makers use."""

import pytest

from devices.checksums import checksum, checksum_length


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("none", ""), ("xor", "31"), ("sum8", "DD"), ("neg_sum8", "23"), ("crc16_modbus", "37 4B"), ("crc16_arc", "3D BB")],
)
def test_each_kind_has_its_check_value(kind, expected):
    """Of the digits 1 to 9, computed by hand for the sums and published for the CRCs; two bytes come low byte first."""
    check = checksum(b"123456789", kind=kind)

    assert (bytes.fromhex(expected), len(check)) == (check, checksum_length(kind))
