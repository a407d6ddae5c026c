"""The configuration as Mongoose OS writes it, JSON or YAML.

`mos atca-get-config` prints it. Format: mongoose-os/mos, `atca/config.go`. Field names are those of Go, in YAML in
lower case; numbers of several bytes are big-endian but SlotLocked. The format knows nothing of the ATECC608's own
fields and calls them by the ATECC508A's.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, cast

from atecc_bench.chip.config.config_zone import (
    KEY_TYPE_AES,
    KEY_TYPE_OTHER,
    KEY_TYPE_P256,
    ConfigZone,
    KeyConfig,
    SlotConfig,
)
from atecc_bench.chip.protocol.zones import CONFIG_SIZE, SLOT_COUNT
from atecc_bench.errors import InputError

Document = Mapping[str, Any]

_KEY_TYPES = {"ecc": KEY_TYPE_P256, "aes": KEY_TYPE_AES, "nonecc": KEY_TYPE_OTHER, "other": KEY_TYPE_OTHER}
_KEY_TYPE_NAMES = {KEY_TYPE_P256: "ECC", KEY_TYPE_AES: "AES", KEY_TYPE_OTHER: "NonECC"}
_LOCKS = {"unlocked": 0x55, "locked": 0x00}
_WATCHDOG_BIT = 0x04
_REST_FROM = 16  # what comes before is the chip's own


def is_mongoose(document: Mapping[str, Any]) -> bool:
    """Whether a document is of this format."""
    return "slotinfo" in {key.lower() for key in document}


def to_mongoose(config: ConfigZone) -> dict[str, Any]:
    """The document with Go's field names.

    Raises:
        InputError: `mongoose-loses` when the format has no place for something that is set.

    """
    raw = config.to_bytes()
    document = {
        "SerialNum": base64.b64encode(config.serial_number).decode("ascii"),
        "Revision": int.from_bytes(config.revision, "big"),
        "Reserved13": config.aes_enable,
        "I2CEnable": bool(config.i2c_enable & 1),
        "Reserved15": config.reserved_15,
        "I2CAddress": config.i2c_address,
        "Reserved17": config.reserved_17,
        "OTPMode": config.count_match,
        "ChipMode": {
            "SelectorWriteOnce": bool(config.chip_mode & 1),
            "TTLEnable": bool(config.chip_mode & 2),
            "WatchDogDuration": "10s" if config.chip_mode & _WATCHDOG_BIT else "1s",
        },
        "SlotInfo": [
            {
                "Num": slot,
                "SlotConfig": _slot_config(config.slot_configs[slot], config.key_configs[slot]),
                "KeyConfig": _key_config(config.key_configs[slot]),
            }
            for slot in range(SLOT_COUNT)
        ],
        "Counter0": int.from_bytes(raw[52:60], "big"),
        "Counter1": int.from_bytes(raw[60:68], "big"),
        "LastKeyUse0": int.from_bytes(raw[68:76], "big"),
        "LastKeyUse1": int.from_bytes(raw[76:84], "big"),
        "UserExtra": config.user_extra,
        "Selector": config.user_extra_add,
        "LockValue": _lock(config.lock_value),
        "LockConfig": _lock(config.lock_config),
        "SlotLocked": config.slot_locked,
        "Reserved90": raw[90],
        "Reserved91": raw[91],
        "X509Format": [{"PublicPosition": b & 0xF, "TemplateLength": b >> 4} for b in config.x509_format],
    }
    again = from_mongoose(document)
    lost = [i for i in range(_REST_FROM, CONFIG_SIZE) if again[i] != raw[i]]
    if lost:
        raise InputError(
            "mongoose-loses",
            f"The format of Mongoose OS has no place for what is set in byte {', '.join(map(str, lost))}.",
            "Export JSON, YAML, hex or a C array instead.",
        )
    return document


def _slot_config(slot: SlotConfig, key: KeyConfig) -> dict[str, Any]:
    if key.private:
        names = ("ExtSignEnable", "IntSignEnable", "ECDHEnable", "ECDHToNextSlot")
        uses: dict[str, Any] = {
            "PrivateKeySlotConfig": {name: bool(slot.read_key >> bit & 1) for bit, name in enumerate(names)}
        }
    else:
        uses = {"ReadKey": slot.read_key}
    return {
        **uses,
        "NoMAC": slot.no_mac,
        "LimitedUse": slot.limited_use,
        "EncryptRead": slot.encrypt_read,
        "IsSecret": slot.is_secret,
        "WriteKey": slot.write_key,
        "WriteConfig": slot.write_config,
    }


def _key_config(key: KeyConfig) -> dict[str, Any]:
    return {
        "Private": key.private,
        "PubInfo": key.pub_info,
        "KeyType": _KEY_TYPE_NAMES.get(key.key_type, "NonECC"),
        "Lockable": key.lockable,
        "ReqRandom": key.req_random,
        "ReqAuth": key.req_auth,
        "AuthKey": key.auth_key,
        "IntrusionDisable": key.persistent_disable,
        "X509ID": key.x509_id,
    }


def _lock(byte: int) -> str:
    return "Unlocked" if byte == _LOCKS["unlocked"] else "Locked"


def from_mongoose(document: Mapping[str, Any]) -> bytes:
    """The 128 bytes of a Mongoose OS document.

    The serial number is zero where the document has none.

    Raises:
        InputError: `mongoose-document`.
    """
    try:
        return _bytes_of(_lowered(document))
    except KeyError as error:
        raise _bad(f"it has no {error.args[0]}") from error
    except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error) as error:
        raise _bad(str(error)) from error


def _bad(why: str) -> InputError:
    return InputError(
        "mongoose-document",
        f"This is not a configuration as `mos atca-get-config` writes it: {why}.",
        "Give the whole output of the command, JSON or YAML.",
    )


def _lowered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key).lower(): _lowered(item) for key, item in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, list):
        return [_lowered(item) for item in cast("list[Any]", value)]
    return value


def _bytes_of(document: Document) -> bytes:
    mode = document["chipmode"]
    slots = {int(slot["num"]): slot for slot in document["slotinfo"]}
    words = [(_slot_word(slots[n]["slotconfig"]), _key_word(slots[n]["keyconfig"])) for n in range(SLOT_COUNT)]
    serial = _serial(document.get("serialnum"))
    chip_mode = (
        bool(mode["selectorwriteonce"]) | bool(mode["ttlenable"]) << 1
        | (_WATCHDOG_BIT if str(mode["watchdogduration"]) != "1s" else 0)
    )  # fmt: skip
    formats = [entry["publicposition"] | entry["templatelength"] << 4 for entry in document["x509format"]]
    return b"".join((
        serial[:4], document["revision"].to_bytes(4, "big"), serial[4:],
        bytes((
            document["reserved13"], bool(document["i2cenable"]), document["reserved15"], document["i2caddress"],
            document["reserved17"], document["otpmode"], chip_mode,
        )),
        *(slot.to_bytes(2, "little") for slot, _ in words),
        *(document[name].to_bytes(8, "big") for name in ("counter0", "counter1", "lastkeyuse0", "lastkeyuse1")),
        bytes((document["userextra"], document["selector"])),
        bytes(_LOCKS[str(document[name]).lower()] for name in ("lockvalue", "lockconfig")),
        document["slotlocked"].to_bytes(2, "little"), bytes((document["reserved90"], document["reserved91"])),
        bytes(formats[:4]).ljust(4, b"\0"),
        *(key.to_bytes(2, "little") for _, key in words),
    ))  # fmt: skip


def _serial(value: Any) -> bytes:
    if not value:
        return bytes(9)
    serial = base64.b64decode(value, validate=True) if isinstance(value, str) else bytes(value)
    if len(serial) != 9:
        raise ValueError(f"its serial number has {len(serial)} bytes")
    return serial


def _slot_word(slot: Document) -> int:
    uses = slot.get("privatekeyslotconfig")
    if uses:
        names = ("extsignenable", "intsignenable", "ecdhenable", "ecdhtonextslot")
        read_key = sum(bool(uses[name]) << bit for bit, name in enumerate(names))
    else:
        read_key = slot["readkey"]
    return SlotConfig(
        read_key, bool(slot["nomac"]), bool(slot["limiteduse"]), bool(slot["encryptread"]), bool(slot["issecret"]),
        slot["writekey"], slot["writeconfig"],
    ).to_word()  # fmt: skip


def _key_word(key: Document) -> int:
    return KeyConfig(
        bool(key["private"]), bool(key["pubinfo"]), _KEY_TYPES[str(key["keytype"]).lower()], bool(key["lockable"]),
        bool(key["reqrandom"]), bool(key["reqauth"]), key["authkey"],
        bool(key.get("intrusiondisable", key.get("persistentdisable", False))), False, key["x509id"],  # noqa: FBT003
    ).to_word()  # fmt: skip
