"""The container of an escrow file.

It is a JWE in general JSON form (RFC 7516).

What is encrypted, by AES-256-GCM, is a JWK Set (RFC 7517, section 7) with one `oct` key for each slot, named after it.
The content key is there once for each recipient: under the passphrase by PBES2-HS512+A256KW, under public keys by
ECDH-ES+A256KW. `aad` has the serial number and the slots: these can be read by anybody, and not changed.
"""

import base64
import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from joserfc.errors import JoseError
from joserfc.jwe import GeneralJSONEncryption, JWERegistry, decrypt_json, encrypt_json
from joserfc.jwk import ECKey, OctKey, OKPKey
from pydantic import BaseModel, ConfigDict, Field

from atecc_bench.plain_json import check_parts, load_json
from atecc_bench.records.escrow_recipients import EscrowKey, EscrowRecipient

VERSION = 2
ROUNDS = 300_000
"""Of PBKDF2 with SHA-512, for which OWASP wants 210,000; more is refused by other readers, and by joserfc."""
_PASSPHRASE, _PUBLIC_KEY, _CONTENT = "PBES2-HS512+A256KW", "ECDH-ES+A256KW", "A256GCM"
_MOST_RECIPIENTS, _MOST_TRIED = 16, 4  # a passphrase is tried for 0.15 s each

_Part = Annotated[str, Field(pattern="^[A-Za-z0-9_-]*$", max_length=8192)]
_Slot = Annotated[int, Field(ge=0, le=15)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class About(_Strict):
    """What is authenticated with the keys: chip and slots."""

    atecc_bench_escrow: Literal[2] = VERSION
    serial_number: Annotated[str, Field(pattern="^[0-9a-f]{18}$")]
    slots: tuple[_Slot, ...]


class _Header(_Strict):
    alg: Literal["PBES2-HS512+A256KW", "ECDH-ES+A256KW"]
    kid: Annotated[str, Field(max_length=128)] | None = None
    p2c: Annotated[int, Field(ge=1, le=ROUNDS)] | None = None
    p2s: _Part | None = None
    epk: dict[str, Annotated[str, Field(max_length=256)]] | None = None


class _Recipient(_Strict):
    header: _Header
    encrypted_key: _Part


class _File(_Strict):
    protected: _Part
    aad: _Part
    iv: _Part
    ciphertext: _Part
    tag: _Part
    recipients: Annotated[tuple[_Recipient, ...], Field(min_length=1, max_length=_MOST_RECIPIENTS)]


def is_jwe(content: bytes) -> bool:
    """Whether a file has this form, and not that of earlier versions."""
    return b'"recipients"' in content


def encrypted(about: About, keys: Sequence[bytes], passphrase: bytes, recipients: Sequence[EscrowRecipient]) -> bytes:
    """The file for keys in the order of their slots."""
    sealed = GeneralJSONEncryption(
        {"enc": _CONTENT, "typ": "JOSE+JSON", "cty": "jwk-set+json"},
        json.dumps({"keys": [_jwk(slot, key) for slot, key in zip(about.slots, keys, strict=True)]}).encode("ascii"),
        aad=about.model_dump_json().encode("ascii"),
    )
    sealed.add_recipient({"alg": _PASSPHRASE, "p2c": ROUNDS}, _of_passphrase(passphrase))
    for one in recipients:
        sealed.add_recipient({"alg": _PUBLIC_KEY, "kid": one.thumbprint}, one.key)
    return json.dumps(encrypt_json(sealed, None, registry=_registry()), indent=2).encode("ascii") + b"\n"


def about(content: bytes) -> About:
    """What a file says of itself; raises ValueError."""
    return About.model_validate_json(_decoded(_parsed(content).aad))


def decrypted(content: bytes, opener: bytes | EscrowKey) -> list[bytes] | None:
    """The keys in the order of their slots.

    None when the passphrase or key does not open them. Raises ValueError for a file of another form.
    """
    file = _parsed(content)
    told = about(content)
    key = opener.key if isinstance(opener, EscrowKey) else _of_passphrase(opener)
    for recipient in [one for one in file.recipients if _is_for(one.header, opener)][:_MOST_TRIED]:
        plain = _opened(file, recipient, key)
        if plain is not None:
            return _keys(load_json(plain), told)
    return None


def _is_for(header: _Header, opener: bytes | EscrowKey) -> bool:
    if isinstance(opener, EscrowKey):
        return header.alg == _PUBLIC_KEY and header.kid == opener.thumbprint
    return header.alg == _PASSPHRASE


def _opened(file: _File, recipient: _Recipient, key: ECKey | OKPKey | OctKey) -> bytes | None:
    alone = file.model_copy(update={"recipients": (recipient,)}).model_dump(exclude_none=True)
    document: Any = {**alone, "recipients": list(alone["recipients"])}
    try:
        return decrypt_json(document, key, registry=_registry()).plaintext
    except JoseError:
        return None
    except (LookupError, TypeError, AssertionError) as error:  # what joserfc does not look at before it is used
        raise ValueError("a part of the file is of another form") from error


def _keys(document: Any, told: About) -> list[bytes]:
    try:
        found = {int(jwk["kid"]): _decoded(jwk["k"]) for jwk in document["keys"] if jwk["kty"] == "oct"}
        return [found[slot] for slot in told.slots]
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError("what is encrypted is no set of keys") from error


def _parsed(content: bytes) -> _File:
    check_parts(content)
    return _File.model_validate_json(content)


def _registry() -> JWERegistry:
    return JWERegistry(algorithms=[_PASSPHRASE, _PUBLIC_KEY, _CONTENT])


def _of_passphrase(passphrase: bytes) -> OctKey:
    return OctKey(passphrase, passphrase)


def _jwk(slot: int, key: bytes) -> dict[str, str]:
    return {"kty": "oct", "kid": str(slot), "k": base64.urlsafe_b64encode(key).decode("ascii").rstrip("=")}


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
