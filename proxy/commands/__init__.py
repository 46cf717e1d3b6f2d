"""What `rapport` can be asked to do, one file per theme; each command takes parsed arguments and returns a status."""

from datetime import UTC, datetime


def when(time: float) -> str:
    """A time as people read it; "-" for none, and for one that no calendar has."""
    try:
        return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M") if time else "-"
    except (ValueError, OverflowError, OSError):
        return "-"
