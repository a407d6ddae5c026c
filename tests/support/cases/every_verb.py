"""Every verb once, with words that are right, the exit code they end with, and words that are wrong."""

from dataclasses import dataclass

P, FRESH, MISMATCH, CONFIGURED = (
    f"virtual://{name}?state={name}.json" for name in ("provisioned", "fresh", "mismatch", "configured")
)
_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
CHAIN = ("--device", "device.pem", "--signer", "signer.pem", "--root", "root.pem")


@dataclass(frozen=True)
class VerbCase:
    """A verb, words for it, and its exit code; `asks` says that it asks somebody unless it is given --yes.

    `refused`: the right words are refused, so that nothing goes to stdout. `wrong` are other words that end with
    `wrong_code`.
    """

    verb: str
    words: tuple[str, ...] = ()
    code: int = 0
    asks: bool = False
    wrong: tuple[str, ...] = ("--port", "/dev/nowhere")
    wrong_code: int = 3
    refused: bool = False

    @property
    def right(self) -> list[str]:
        """The whole of a right call that asks nobody."""
        return [*self.verb.split(), *self.words, *(["--yes"] if self.asks else [])]

    @property
    def asking(self) -> list[str]:
        """The same, with somebody to be asked."""
        return [*self.verb.split(), *self.words]

    @property
    def wrongly(self) -> list[str]:
        """A call with wrong input."""
        return [*self.verb.split(), *self.wrong]


def _file(
    verb: str, words: tuple[str, ...], wrong: tuple[str, ...], code: int = 0, *, refused: bool = False
) -> VerbCase:
    """A verb that opens no port, so that what it is given wrong is a file."""
    return VerbCase(verb, words, code, wrong=wrong, wrong_code=2, refused=refused)


def _slot(verb: str, words: tuple[str, ...], *, asks: bool = False, code: int = 0, refused: bool = False) -> VerbCase:
    return VerbCase(verb, words, code, asks=asks, refused=refused, wrong=("--port", P, "--slot", "16"), wrong_code=2)


VERBS = (
    VerbCase("ports", wrong=("--format", "x"), wrong_code=2),
    VerbCase("info", ("--port", P)),
    VerbCase(
        "flash", ("--port", "virtual://blank-board?firmware=firmware", "--image", "firmware"), asks=True,
        wrong=("--port", P, "--image", "nowhere", "--yes"), wrong_code=2,
    ),
    VerbCase(
        "provision", ("--port", FRESH, "--profile", "trustcustom-tls", "--ca", "ca"), asks=True,
        wrong=("--port", FRESH, "--profile", "nothing", "--ca", "ca"), wrong_code=2,
    ),
    VerbCase("verify", ("--port", P), 2, refused=True),
    VerbCase("connect", ("localhost:9", "--port", P), 3, refused=True, wrong=("a b", "--port", P), wrong_code=2),
    _file("report", ("{serial}", "--virtual", "--out", "page.html"), ("00" * 9, "--virtual")),
    VerbCase("diagnose", ("--port", MISMATCH), 1),
    VerbCase("silicon-check", ("--port", P)),
    VerbCase("bundle", ("--port", P, "--out", "new.zip"), wrong=("--port", P, "--out", "new.txt"), wrong_code=2),
    VerbCase("command", ("info", "--port", P), wrong=("nonsense", "--port", P), wrong_code=2),
    VerbCase("explain", ("--port", P, "--command", "read slot=4"), 1,
             wrong=("--port", P, "--command", "x"), wrong_code=2),
    VerbCase("config read", ("--port", P)),
    VerbCase("config decode", ("--port", P)),
    VerbCase("config lint", ("--port", P), 1),
    _file("config diff", ("chip.hex", "chip.hex"), ("chip.hex", "nowhere")),
    VerbCase(
        "config write", ("--port", FRESH, "chip.hex"), asks=True, wrong=("--port", FRESH, "device.pem"), wrong_code=2
    ),
    VerbCase("config lock", ("--port", FRESH), asks=True),
    _file("ca init", ("new-ca", "--organization", "Nordlys AS"), ("ca", "--organization", "Nordlys AS")),
    _file("ca import", ("new-ca", "--cert", "ca.crt.pem", "--key", "ca.key.pem"),
          ("new-ca", "--cert", "nowhere", "--key", "ca.key.pem")),
    _file("ca show", ("ca",), ("nowhere",)),
    _file("ca add-signer", ("ca", "--signer-id", "00A1"), ("ca", "--signer-id", "x")),
    _file("ca csr", ("new-ca", "--organization", "Nordlys AS"), ("new-ca", "--organization", "")),
    _file("ca adopt", ("waiting-ca", "--cert", "device.pem", "--root", "root.pem"),
          ("waiting-ca", "--cert", "nowhere", "--root", "root.pem"), 1, refused=True),
    _file("ca issue", ("ca", "--csr", "request.pem"), ("ca", "--csr", "device.pem")),
    VerbCase("cert read", ("--port", P)),
    VerbCase("cert verify", ("--port", P)),
    _file("cert show", ("device.pem",), ("chip.hex",)),
    VerbCase("cert build", ("--ca", "ca", "--port", P, "--out", "new.pem"),
             wrong=("--ca", "ca", "--port", P, "--out", "new.doc"), wrong_code=2),
    _slot("cert self-signed", ("--port", P, "--slot", "0")),
    VerbCase("cert write", ("--port", P, *CHAIN), asks=True, wrong=("--port", P), wrong_code=2),
    VerbCase("cert mend", ("--port", MISMATCH, "--ca", "ca", "--new-issuer"), asks=True,
             wrong=("--port", MISMATCH, "--ca", "nowhere"), wrong_code=2),
    _file("cert export", ("device.pem",), ("nowhere",)),
    _file("template make", ("--sample", "device.pem", "--out", "new.yaml"),
          ("--sample", "device.pem", "--out", "new.json")),
    _file("template edit", ("template.yaml", "--fix", "ISSUE_DATE", "--out", "new.yaml"),
          ("template.yaml", "--fix", "x", "--out", "new.yaml")),
    _file("template show", ("template.yaml",), ("device.pem",)),
    _file("template export", ("template.yaml", "--out", "empty"), ("template.yaml", "--out", "nowhere")),
    _file("template import", ("cert_def.c", "--out", "empty"), ("device.pem", "--out", "empty")),
    _file("manifest make", ("record", "--ca", "ca", "--out", "new.json"), ("empty", "--ca", "ca", "--out", "new.json")),
    _file("manifest check", ("manifest.json", "--cert", "ca/signer.pem"), ("device.pem", "--cert", "ca/signer.pem")),
    _file("cloud aws-device", ("--cert", "device.pem"), ("--cert", "nowhere"), 2, refused=True),
    _file("cloud aws-ca", ("ca",), ("nowhere",), 2, refused=True),
    _file("cloud aws-certificate", ("--csr", "request.pem"), ("--csr", "device.pem"), 2, refused=True),
    _file("cloud aws-manifest", ("manifest.json", "--cert", "ca/signer.pem"), ("device.pem", "--cert", "ca/signer.pem"),
          2, refused=True),
    _file("cloud azure-group", ("ca", "--dps", "d", "--resource-group", "g", "--subscription", _SUBSCRIPTION),
          ("nowhere", "--dps", "d", "--resource-group", "g", "--subscription", _SUBSCRIPTION), 2, refused=True),
    _file("cloud azure-device", ("--cert", "device.pem", "--dps", "d"), ("--cert", "nowhere", "--dps", "d"), 2,
          refused=True),
    _file("cloud files", ("ca", "--for", "emqx", "--out", "empty"), ("ca", "--for", "emqx", "--out", "nowhere")),
    _file("cloud queue", (), ("--format", "x")),
    _file("ledger status", (), ("--format", "x")),
    _file("ledger devices", ("--limit", "5"), ("--limit", "0")),
    _file("ledger runs", (), ("--after", "nowhere")),
    _file("ledger export", ("--out", "new.csv"), ("--out", "new.txt")),
    _file("ledger rebuild", (), ("--format", "x")),
    _file("ledger use", ("file",), ("mysql://host/database",)),
    _slot("key public", ("--port", P, "--slot", "0")),
    _slot("key generate", ("--port", P, "--slot", "2"), asks=True),
    _slot("key prove", ("--port", P, "--slot", "0")),
    _slot("key set", ("--port", CONFIGURED, "--slot", "4", "--escrow", "new.keys"), asks=True),
    VerbCase("key check", ("--port", CONFIGURED, "--keys", "chip.keys"), 1,
             wrong=("--port", CONFIGURED, "--keys", "device.pem"), wrong_code=2, refused=True),
    _file("key escrow", ("chip.keys", "--out", "again.keys"), ("device.pem", "--out", "again.keys")),
    _slot("key import", ("--port", P, "--slot", "2", "--file", "key.pem"), asks=True, code=1, refused=True),
    _slot("key csr", ("--port", P, "--slot", "0")),
    _slot("key sign", ("--port", P, "--slot", "0", "--file", "device.pem")),
    _slot("key jwt", ("--port", P, "--slot", "0", "--claims", '{"iss": "me"}')),
    _slot("slot read", ("--port", P, "--slot", "8")),
    _slot("slot write", ("--port", P, "--slot", "13", "--file", "master.bin"), asks=True),
    VerbCase("slot restore", ("--port", P), asks=True, wrong=("--port", P, "--record", "x"), wrong_code=2),
    _slot("slot lock", ("--port", P, "--slot", "8"), asks=True),
    _file("profile list", (), ("--format", "x")),
    _file("profile show", ("trustcustom-tls",), ("nothing",)),
    _file("profile lint", ("trustcustom-tls",), ("nothing",)),
)  # fmt: skip
BATCH = VerbCase(
    "provision",
    ("--port", FRESH, "--port", "virtual://fresh?seed=5&devices=3", "--profile", "trustcustom-tls", "--ca", "ca",
     "--count", "3", "--wait", "0"),
    2, asks=True,
)  # fmt: skip
"""Two ports at once, of which one has no second device."""
