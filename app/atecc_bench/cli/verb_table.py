"""All verbs of the command line.

The table says where each is, and has its line in the help.
"""

from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """What a place in the table holds."""

    VERB = auto()
    VERB_WITH_PDF = auto()  # a function that makes the verb of what makes a PDF
    GROUP = auto()


@dataclass(frozen=True)
class Entry:
    """A verb or a group of the command line.

    It has a name, a place (`module:attribute` below `atecc_bench.cli`), and one line of help.
    """

    name: str
    place: str
    help: str
    kind: Kind = Kind.VERB


# In the order of the help. The lines are those of the verbs themselves; a test compares them.
TABLE = (
    Entry("ports", "board.ports:ports", "List serial ports and virtual boards."),
    Entry("info", "board.info:info", "Show which board and chip are at a port."),
    Entry("flash", "board.flash:flash", "Flash the bridge firmware onto a board, or restore its old firmware."),
    Entry(
        "provision",
        "provisioning.provision:provision",
        "Provision chips; some steps can never be undone.",
    ),
    Entry("verify", "provisioning.verify:verify", "Hold a finished chip, at any board, against its record."),
    Entry("connect", "provisioning.connect:connect", "Connect to a server by TLS, with the key in the chip."),
    Entry(
        "report",
        "provisioning.report:report_verb",
        "Make one page on the provisioning of a chip, HTML or PDF.",
        Kind.VERB_WITH_PDF,
    ),
    Entry(
        "diagnose",
        "diagnosis.diagnose:diagnose",
        "Say why a certificate differs from what is on the chip.",
    ),
    Entry(
        "silicon-check",
        "board.silicon:silicon_check",
        "Hold a chip against its twin and report where they differ.",
    ),
    Entry(
        "serve",
        "board.serve:serve",
        "Serve a virtual board until interrupted.",
    ),
    Entry(
        "bundle",
        "diagnosis.bundle:bundle",
        "Gather what helps to diagnose a chip from afar, without secrets.",
    ),
    Entry(
        "command",
        "diagnosis.command:command",
        "Send commands to a chip, and explain a refusal.",
    ),
    Entry(
        "explain",
        "diagnosis.explain:explain_verb",
        "Say why a chip refuses a command, or what a code means.",
    ),
    Entry(
        "config",
        "chip.config:app",
        "The configuration zone: read, decode, lint, diff, write, lock.",
        Kind.GROUP,
    ),
    Entry(
        "ca",
        "certificates.ca_group:app",
        "The certificate authority that signs device certificates.",
        Kind.GROUP,
    ),
    Entry("cert", "certificates.cert_group:app", "Certificates on a chip and in files.", Kind.GROUP),
    Entry(
        "template",
        "certificates.template:app",
        "Templates: how a certificate is rebuilt from the 72 bytes on a chip.",
        Kind.GROUP,
    ),
    Entry("cloud", "cloud.cloud_group:app", "Register devices and CAs with clouds and brokers.", Kind.GROUP),
    Entry("manifest", "certificates.manifest:app", "The signed list of devices that clouds take.", Kind.GROUP),
    Entry(
        "key", "chip.key_group:app", "Keys in a chip: made, imported, set, proved; certificate requests.", Kind.GROUP
    ),
    Entry("slot", "chip.slot_group:app", "Data slots: read, write, lock one for ever.", Kind.GROUP),
    Entry("profile", "provisioning.profile:app", "Profiles: what a chip is to become.", Kind.GROUP),
    Entry("ledger", "provisioning.ledger_group:app", "The ledger of all devices and runs.", Kind.GROUP),
)
