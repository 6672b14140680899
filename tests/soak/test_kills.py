"""As in the short run, fifty times: what was answered is on disk."""


def test_what_was_acknowledged_outlives_fifty_kills(a_process, kills):
    """Every answered act is there, none half done, no number twice, the journal whole, over a day of pulled plugs."""
    wrong, acknowledged = kills(a_process(), rounds=50, acts=100)

    assert [] == wrong
    assert len(acknowledged) >= 5_000
