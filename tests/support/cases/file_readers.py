"""Every place of the command line where a file of somebody else's choice is read."""

from dataclasses import dataclass
from itertools import pairwise

from tests.support.cases.every_verb import CONFIGURED, FRESH, MISMATCH, P

FILE = "hostile"
"""The name under which the file lies in the folder."""


@dataclass(frozen=True)
class Reader:
    """A verb that is given a file.

    `place` is where it lies in the folder: under its own name, or in place of a file that a folder holds.
    """

    name: str
    words: tuple[str, ...]
    place: str = FILE


def _of(*words: str, name: str = "", place: str = FILE) -> Reader:
    verb = " ".join(words[: 2 if words[0] in _GROUPS else 1])
    option = next((before for before, word in pairwise(words) if word == FILE), "")
    return Reader(name or f"{verb} {option if option.startswith('--') else ''}".strip(), words, place)


_GROUPS = ("config", "ca", "cert", "template", "manifest", "key", "slot", "profile")
READERS = (
    _of("profile", "show", f"./{FILE}"),
    _of("profile", "lint", f"./{FILE}"),
    _of("provision", "--port", FRESH, "--profile", f"./{FILE}", "--ca", "ca", "--yes", name="provision --profile"),
    _of("provision", "--port", FRESH, "--profile", "trustcustom-tls", "--ca", "ca", "--yes",
        "--passphrase-file", FILE),
    _of("info", "--port", f"virtual://fresh?state={FILE}", name="info, state of the chip"),
    _of("flash", "--port", "virtual://blank-board?firmware=firmware", "--restore", FILE, "--yes"),
    _of("diagnose", FILE),
    _of("diagnose", "--log", FILE),
    _of("diagnose", "--bundle", FILE),
    _of("diagnose", "--expected", FILE, "--stored", "device.pem"),
    _of("diagnose", "--stored", FILE, "--expected", "device.pem"),
    _of("diagnose", "--port", MISMATCH, "--template", FILE),
    _of("explain", "--command", "read slot=4", "--config", FILE),
    _of("explain", "--command", "read slot=4", "--bundle", FILE),
    _of("silicon-check", "--read", FILE),
    _of("bundle", "--port", P, "--out", "new.zip", "--notes", FILE),
    _of("config", "decode", FILE),
    _of("config", "decode", "--bundle", FILE),
    _of("config", "lint", FILE),
    _of("config", "diff", FILE, "chip.hex"),
    _of("config", "diff", "chip.hex", FILE, name="config diff, the other"),
    _of("config", "write", "--port", FRESH, FILE, "--yes"),
    _of("ca", "import", "new-ca", "--cert", FILE, "--key", "ca.key.pem"),
    _of("ca", "import", "new-ca", "--cert", "ca.crt.pem", "--key", FILE),
    _of("ca", "import", "new-ca", "--cert", "ca.crt.pem", "--key", FILE, "--key-passphrase-file", "words.txt",
        name="ca import --key, with a passphrase"),
    _of("ca", "import", "new-ca", "--cert", "ca.crt.pem", "--key", "ca.key.pem", "--root", FILE),
    _of("ca", "init", "new-ca", "--organization", "x", "--passphrase-file", FILE),
    _of("ca", "adopt", "waiting-ca", "--cert", FILE, "--root", "root.pem"),
    _of("ca", "show", FILE),
    _of("cert", "show", FILE),
    _of("cert", "verify", "--port", P, "--like", "record", place="record/device.pem"),
    _of("cert", "read", "--port", P, "--like", "record", name="cert read, signer.pem", place="record/signer.pem"),
    _of("cert", "read", "--port", P, "--template", FILE),
    _of("cert", "write", "--port", P, "--device", FILE, "--signer", "signer.pem", "--root", "root.pem", "--yes"),
    _of("cert", "write", "--port", P, "--device", "device.pem", "--signer", FILE, "--root", "root.pem", "--yes"),
    _of("cert", "build", "--ca", "ca", "--csr", FILE, "--out", "new.pem"),
    _of("cert", "build", "--ca", "ca", "--port", P, "--template", FILE, "--out", "new.pem"),
    _of("cert", "export", FILE),
    _of("template", "make", "--sample", FILE, "--out", "new.yaml"),
    _of("template", "make", "--sample", "device.pem", "--issuer", FILE, "--out", "new.yaml"),
    _of("template", "edit", FILE, "--fix", "ISSUE_DATE", "--out", "new.yaml"),
    _of("template", "show", FILE),
    _of("template", "export", FILE, "--out", "empty"),
    _of("template", "import", FILE, "--out", "empty"),
    _of("manifest", "check", FILE, "--cert", "ca/signer.pem"),
    _of("manifest", "check", "manifest.json", "--cert", FILE),
    _of("key", "check", "--port", CONFIGURED, "--keys", FILE),
    _of("key", "set", "--port", CONFIGURED, "--slot", "4", "--escrow", "new.keys", "--yes",
        "--escrow-passphrase-file", FILE),
    _of("key", "import", "--port", P, "--slot", "2", "--file", FILE, "--yes"),
    _of("key", "import", "--port", P, "--slot", "2", "--file", FILE, "--key-passphrase-file", "words.txt", "--yes",
        name="key import --file, with a passphrase"),
    _of("slot", "write", "--port", P, "--slot", "13", "--file", FILE, "--yes"),
    _of("slot", "read", "--port", P, "--slot", "8", "--keys", FILE),
    _of("slot", "restore", "--port", "virtual://fresh?seed=9", "--list", name="slot restore --list, saved.json",
        place="{run}/saved.json"),
    *(_of("ca", "show", "ca", name=f"ca show, {file}", place=f"ca/{file}") for file in ("signer.pem", "root.pem")),
    *(
        _of("ca", "add-signer", "ca", "--signer-id", "00A1", name=f"ca add-signer, {file}", place=f"ca/{file}")
        for file in ("signer.pem", "signer.key.pem", "root.key.pem")
    ),
    *(
        _of("manifest", "make", "record", "--ca", "ca", "--out", "new.json", name=f"manifest make, {file}",
            place=f"record/{file}")
        for file in ("result.json", "device.pem", "signer.pem")
    ),
    *(
        _of("report", "{serial}", "--virtual", "--out", "page.html", name=f"report, {file}", place="{run}/" + file)
        for file in ("result.json", "journal.jsonl", "device.pem")
    ),
    _of("verify", "--port", "virtual://fresh?seed=9", name="verify, result.json", place="{run}/result.json"),
    _of("cert", "mend", "--port", MISMATCH, "--ca", "ca", "--yes", "--new-issuer",
        name="cert mend, device.pem of a record",
        place="{run}/device.pem"),
    _of("provision", "--port", FRESH, "--profile", "trustcustom-tls", "--ca", "ca", "--yes",
        name="provision, devices.jsonl", place="data/records/virtual/devices.jsonl"),
)  # fmt: skip
