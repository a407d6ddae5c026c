"""Layouts, key sources and proofs that a profile names, and their sentences."""

from enum import StrEnum


class Layout(StrEnum):
    """Where certificates stand on the chip, and what they are made of."""

    ECC608_MASS_PROVISIONING = "ECC608-MassProvisioning"
    ARDUINO_ECCX08 = "ArduinoECCX08"
    ESPRESSIF = "Espressif"
    CRYPTOAUTHLIB = "CryptoAuthLib"
    TRUST_AND_GO = "Trust&GO"
    TEMPLATES = "templates"
    FILE = "file"

    @property
    def issues(self) -> bool:
        """Whether the operator's own authority issues the device certificate."""
        return self not in (Layout.TRUST_AND_GO, Layout.FILE)

    @property
    def sentence(self) -> str:
        """Where the certificates are, in words."""
        return _LAYOUT_SENTENCES[self]


_LAYOUT_SENTENCES = {
    Layout.ECC608_MASS_PROVISIONING: (
        "Device and signer certificate are written where firmware made with ECC608-MassProvisioning looks for them."
    ),
    Layout.ARDUINO_ECCX08: "The device certificate is written where Arduino's ECCX08Cert looks for it.",
    Layout.ESPRESSIF: (
        "Device and signer certificate are written where Espressif's esp_cryptoauth_utility writes them."
    ),
    Layout.CRYPTOAUTHLIB: "Device and signer certificate are written to the usual slots of CryptoAuthLib, 10 to 12.",
    Layout.TRUST_AND_GO: "The certificates are Microchip's own; nothing is written.",
    Layout.TEMPLATES: "The certificates are written as the profile's own templates say.",
    Layout.FILE: "The device certificate comes from outside and is kept as a file.",
}


class KeySource(StrEnum):
    """How a slot gets its key."""

    GENERATE = "generate"  # a private key inside the chip, a secret one from this computer's random numbers
    IMPORT = "import"  # from a file that the operator gives
    DERIVE = "derive"  # a secret one from the operator's master key and the chip's serial number
    LEAVE = "leave"  # it is there already


class Proof(StrEnum):
    """Something that has to be shown at the end of a run.

    A PASS is all those that the profile names.
    """

    CHAIN_VERIFIED = "chain-verified"
    CERTIFICATE_REBUILT = "certificate-rebuilt-equals-file"
    CERTIFICATE_FOR_KEY = "certificate-for-key"
    KEY_POSSESSION = "key-possession"
    SECRET_KEYS = "secret-keys-held"  # noqa: S105 - a proof
    DATA_READ_BACK = "data-read-back"
    MANIFEST = "manifest"
    CONNECTED = "connected"
    CONFIGURATION_COMPARED = "configuration-compared"
    CONFIGURATION_ATTESTED = "configuration-attested"

    @property
    def sentence(self) -> str:
        """The proof in words."""
        return _PROOF_SENTENCES[self]


_PROOF_SENTENCES = {
    Proof.CHAIN_VERIFIED: "the chain up to the root verified",
    Proof.CERTIFICATE_REBUILT: "the certificate rebuilt from the chip is the one in the file",
    Proof.CERTIFICATE_FOR_KEY: "the certificate is for the key in the chip",
    Proof.KEY_POSSESSION: "the chip signed a fresh challenge",
    Proof.SECRET_KEYS: "CheckMac proved the secret keys",
    Proof.DATA_READ_BACK: "data was read back and compared",
    Proof.MANIFEST: "a signed manifest lists the chip and its keys",
    Proof.CONNECTED: "a server took the device, by TLS with the key in the chip",
    Proof.CONFIGURATION_COMPARED: "the whole configuration, read again at the end, is as planned",
    Proof.CONFIGURATION_ATTESTED: "the chip signed its configuration and its locks",
}
