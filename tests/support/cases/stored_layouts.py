"""Profiles whose certificates a chip stores: a virtual chip for each, and the layout it has then."""

import pytest

_PASSED = [
    ("trustcustom-tls", "fresh", "ECC608-MassProvisioning"),
    ("trustcustom-tls-508a", "atecc508a", "ECC608-MassProvisioning"),
    ("arduino-eccx08-tls", "fresh", "ArduinoECCX08"),
    ("espressif-trustcustom", "fresh", "Espressif"),
    ("trustflex-own-chain", "trustflex", "CryptoAuthLib"),
    ("trust-and-go", "trustgo", "Trust&GO"),
]
EACH_LAYOUT = pytest.mark.parametrize(("profile", "preset", "layout"), _PASSED, ids=[name for name, _, _ in _PASSED])
