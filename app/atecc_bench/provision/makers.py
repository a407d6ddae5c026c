"""Microchip's own certificates on a Trust&GO: which templates they are of, and up to which root they verify."""

from datetime import datetime

from atecc_bench.errors import RefusedError
from atecc_bench.provision.device_chain import DeviceChain
from atecc_bench.provision.survey import Survey


def makers_chain(survey: Survey, now: datetime) -> DeviceChain:
    """Stub."""
    raise RefusedError("unknown", "unknown", "unknown")
