"""All verbs of the command line: where each is, and its line in the help."""

from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """What a place in the table holds."""

    VERB = auto()
    VERB_WITH_PDF = auto()  # a function that makes the verb of what makes a PDF
    GROUP = auto()


@dataclass(frozen=True)
class Entry:
    """A verb or a group: its name, `module:attribute` below `atecc_bench.cli`, and one line of help."""

    name: str
    place: str
    help: str
    kind: Kind = Kind.VERB


# In the order of the help. The lines are those of the verbs themselves; a test compares them.
TABLE = (
    Entry("ports", "board.ports:ports", "List serial ports and virtual boards."),
    Entry("info", "board.info:info", "Say what board and which chip are at a port. Changes nothing on the chip."),
    Entry("flash", "board.flash:flash", "Put the bridge firmware on a board, or give it back what it had."),
    Entry(
        "provision",
        "provisioning.provision:provision",
        "Provision chips: configuration, locks, keys, certificates, proof. Some steps can never be undone.",
    ),
    Entry(
        "report",
        "provisioning.report:report_verb",
        "Make one page on the provisioning of a chip, HTML or PDF; with --json print what its record says.",
        Kind.VERB_WITH_PDF,
    ),
    Entry(
        "diagnose",
        "diagnosis.diagnose:diagnose",
        "Compare a certificate with what is on the chip, and say why they differ. Changes nothing on the chip.",
    ),
    Entry(
        "serve",
        "board.serve:serve",
        "Serve a virtual board until interrupted; its port is the first line printed.",
    ),
    Entry(
        "bundle",
        "diagnosis.bundle:bundle",
        "Gather all that helps to diagnose a chip from afar, and no secret. Changes nothing on the chip.",
    ),
    Entry(
        "command",
        "diagnosis.command:command",
        "Send commands to a chip, as words or as packets in hex; a refusal is explained.",
    ),
    Entry(
        "explain",
        "diagnosis.explain:explain_verb",
        "Say whether a chip carries a command out, and why not: the rule, the bits, and what would have to differ.",
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
    Entry("manifest", "certificates.manifest:app", "The signed list of devices that clouds take.", Kind.GROUP),
    Entry(
        "key", "chip.key_group:app", "Keys in a chip: made, imported, set, proved; certificate requests.", Kind.GROUP
    ),
    Entry("slot", "chip.slot_group:app", "Data slots: read, write, lock one for ever.", Kind.GROUP),
    Entry("profile", "provisioning.profile:app", "Profiles: what a chip is to become.", Kind.GROUP),
)
