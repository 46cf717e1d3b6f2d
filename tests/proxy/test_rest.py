"""What is too slow several times in a row rests."""

from proxy.rest import FAULTS, Rest


def test_time_outs_in_a_row_make_it_rest() -> None:
    """So many, and none between that was in time; other faults cost no time, and count for nothing."""
    rest = Rest()
    for fault in ["timeout"] * (FAULTS - 1) + [None, "error:ValueError"] + ["error:Timeout"] * (FAULTS - 1):
        rest.judge(fault)
        assert not rest
    rest.judge("timeout")
    assert rest
