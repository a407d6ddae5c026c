"""CryptoAuthLib's host side (`atcah_*`): what it expects the chip to have in TempKey and to answer."""

from ctypes import (
    POINTER,
    Structure,
    byref,
    c_bool,
    c_char_p,
    c_uint8,
    c_uint16,
    c_uint32,
    cast,
    create_string_buffer,
    pointer,
    sizeof,
)
from typing import Any

from client import Client


class TempKey(Structure):
    """atca_temp_key_t."""

    _fields_ = (
        ("value", c_uint8 * 64),
        ("key_id", c_uint16, 4),
        ("source_flag", c_uint16, 1),
        ("gen_dig_data", c_uint16, 1),
        ("gen_key_data", c_uint16, 1),
        ("no_mac_flag", c_uint16, 1),
        ("valid", c_uint16, 1),
        ("is_64", c_uint8),
        ("padding", c_uint8),
    )


_TEMP_KEY = POINTER(TempKey)


class _Nonce(Structure):
    _fields_ = (
        ("mode", c_uint8), ("zero", c_uint16), ("num_in", c_char_p), ("rand_out", c_char_p), ("temp_key", _TEMP_KEY),
    )  # fmt: skip


class _GenDig(Structure):
    _fields_ = (
        ("zone", c_uint8), ("key_id", c_uint16), ("slot_conf", c_uint16), ("key_conf", c_uint16),
        ("slot_locked", c_uint8), ("counter", c_uint32), ("is_key_nomac", c_bool), ("sn", c_char_p),
        ("stored_value", c_char_p), ("other_data", c_char_p), ("temp_key", _TEMP_KEY),
    )  # fmt: skip


class _Mac(Structure):
    _fields_ = (
        ("mode", c_uint8), ("key_id", c_uint16), ("challenge", c_char_p), ("key", c_char_p), ("otp", c_char_p),
        ("sn", c_char_p), ("response", c_char_p), ("temp_key", _TEMP_KEY),
    )  # fmt: skip


class _Hmac(Structure):
    _fields_ = (
        ("mode", c_uint8), ("key_id", c_uint16), ("key", c_char_p), ("otp", c_char_p), ("sn", c_char_p),
        ("response", c_char_p), ("temp_key", _TEMP_KEY),
    )  # fmt: skip


class _CheckMac(Structure):
    _fields_ = (
        ("mode", c_uint8), ("key_id", c_uint16), ("sn", c_char_p), ("client_chal", c_char_p),
        ("client_resp", c_char_p), ("other_data", c_char_p), ("otp", c_char_p), ("slot_key", c_char_p),
        ("target_key", c_char_p), ("temp_key", _TEMP_KEY),
    )  # fmt: skip


class _DeriveKey(Structure):
    _fields_ = (
        ("mode", c_uint8), ("target_key_id", c_uint16), ("sn", c_char_p), ("parent_key", c_char_p),
        ("target_key", c_char_p), ("temp_key", _TEMP_KEY),
    )  # fmt: skip


class _DeriveKeyMac(Structure):
    _fields_ = (
        ("mode", c_uint8), ("target_key_id", c_uint16), ("sn", c_char_p), ("parent_key", c_char_p),
        ("mac", c_char_p),
    )  # fmt: skip


class _GenKey(Structure):
    _fields_ = (
        ("mode", c_uint8), ("key_id", c_uint16), ("public_key", c_char_p), ("public_key_size", c_uint32 * 2),
        ("other_data", c_char_p), ("sn", c_char_p), ("temp_key", _TEMP_KEY),
    )  # fmt: skip


class _SignInternal(Structure):
    _fields_ = (
        ("mode", c_uint8), ("key_id", c_uint16), ("slot_config", c_uint16), ("key_config", c_uint16),
        ("use_flag", c_uint8), ("update_count", c_uint8), ("is_slot_locked", c_bool), ("for_invalidate", c_bool),
        ("sn", c_char_p), ("temp_key", _TEMP_KEY), ("message", c_char_p), ("verify_other_data", c_char_p),
        ("digest", c_char_p),
    )  # fmt: skip


class HostSide:
    """The library's idea of TempKey, moved on in step with the chip."""

    def __init__(self, client: Client) -> None:
        self._client, self._library = client, client.library
        self.temp_key = TempKey()
        for structure, name in (
            (TempKey, "atca_temp_key_t"), (_Nonce, "atca_nonce_in_out_t"), (_GenDig, "atca_gen_dig_in_out_t"),
            (_Mac, "atca_mac_in_out_t"), (_CheckMac, "atca_check_mac_in_out_t"), (_Hmac, "atca_hmac_in_out"),
            (_DeriveKey, "atca_derive_key_in_out"), (_DeriveKeyMac, "atca_derive_key_mac_in_out"),
            (_GenKey, "atca_gen_key_in_out_t"), (_SignInternal, "atca_sign_internal_in_out_t"),
        ):  # fmt: skip
            assert sizeof(structure) == getattr(self._library, f"{name}_size")(), name

    @property
    def value(self) -> bytes:
        """The first 32 bytes of TempKey."""
        return bytes(self.temp_key.value)[:32]

    def random_nonce(self, num_in: bytes = bytes(range(20))) -> bytes:
        """Nonce on chip and host; the random number."""
        random = self._client.read("nonce_rand", num_in, size=32)
        self._run("nonce", _Nonce(mode=0, num_in=num_in, rand_out=random))
        return random

    def fixed_nonce(self, value: bytes) -> None:
        """Pass-through Nonce on chip and host."""
        self._client("nonce", value)
        self._run("nonce", _Nonce(mode=3, num_in=value))

    def gen_dig(self, zone: int, key_id: int, stored: bytes | None, other_data: bytes = b"", **more: Any) -> None:
        """GenDig on chip and host."""
        self._client.c("gendig", zone, key_id, other_data or None, len(other_data))
        params = _GenDig(
            zone=zone, key_id=key_id, sn=self._serial, stored_value=stored, other_data=other_data or None, **more
        )
        self._run("gen_dig", params)

    def mac(
        self, mode: int, key_id: int, key: bytes | None, challenge: bytes | None, otp: bytes | None = None
    ) -> bytes:
        """What MAC is to answer."""
        response = create_string_buffer(32)
        self._run("mac", _Mac(
            mode=mode, key_id=key_id, challenge=challenge, key=key, otp=otp, sn=self._serial,
            response=cast(response, c_char_p),
        ))  # fmt: skip
        return response.raw

    def hmac(self, mode: int, key_id: int, key: bytes) -> bytes:
        """What HMAC is to answer."""
        response = create_string_buffer(32)
        self._run("hmac", _Hmac(mode=mode, key_id=key_id, key=key, sn=self._serial, response=cast(response, c_char_p)))
        return response.raw

    def check_mac(self, mode: int, key_id: int, key: bytes, challenge: bytes | None, other_data: bytes) -> bytes:
        """The response that CheckMac is to accept."""
        response = create_string_buffer(32)
        self._run("check_mac", _CheckMac(
            mode=mode, key_id=key_id, sn=self._serial, client_chal=challenge, other_data=other_data, slot_key=key,
            client_resp=cast(response, c_char_p),
        ))  # fmt: skip
        return response.raw

    def derive_key(self, mode: int, target: int, parent: bytes) -> bytes:
        """The key that DeriveKey is to make."""
        derived = create_string_buffer(32)
        self._run("derive_key", _DeriveKey(
            mode=mode, target_key_id=target, sn=self._serial, parent_key=parent, target_key=cast(derived, c_char_p)
        ))  # fmt: skip
        return derived.raw

    def derive_key_mac(self, mode: int, target: int, parent: bytes) -> bytes:
        """The MAC that authorizes DeriveKey."""
        mac = create_string_buffer(32)
        params = _DeriveKeyMac(
            mode=mode, target_key_id=target, sn=self._serial, parent_key=parent, mac=cast(mac, c_char_p)
        )
        assert self._library.atcah_derive_key_mac(byref(params)) == 0
        return mac.raw

    def gen_key_digest(self, mode: int, key_id: int, public_key: bytes, other_data: bytes | None = None) -> None:
        """The host's side of GenKey with a digest."""
        size = (c_uint32 * 2)(len(public_key), 0)
        self._run("gen_key_msg", _GenKey(
            mode=mode, key_id=key_id, public_key=public_key, public_key_size=size, other_data=other_data,
            sn=self._serial,
        ))  # fmt: skip

    def internal_message(
        self, mode: int, key_id: int, config: bytes | None = None, *, for_invalidate: bool = False
    ) -> tuple[bytes, bytes]:
        """Digest and other data of the message that Sign Internal makes."""
        digest, other_data = create_string_buffer(32), create_string_buffer(19)
        params = _SignInternal(
            mode=mode, key_id=key_id, for_invalidate=for_invalidate, sn=self._serial, temp_key=pointer(self.temp_key),
            verify_other_data=cast(other_data, c_char_p), digest=cast(digest, c_char_p),
        )  # fmt: skip
        if config is not None:
            assert self._library.atcah_config_to_sign_internal(_ATECC608, byref(params), config) == 0
        assert self._library.atcah_sign_internal_msg(_ATECC608, byref(params)) == 0
        return digest.raw, other_data.raw

    @property
    def _serial(self) -> bytes:
        return self._client.serial_number

    def _run(self, name: str, params: Structure) -> None:
        params.temp_key = pointer(self.temp_key)
        status = getattr(self._library, f"atcah_{name}")(byref(params))
        assert status == 0, f"atcah_{name}: {status:02X}"


_ATECC608 = 3  # ATCADeviceType
