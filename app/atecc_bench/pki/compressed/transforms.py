"""Transforms of the chip's bytes on their way into a certificate.

CryptoAuthLib's `atcacert_transform_t`.
"""

from enum import IntEnum

from atecc_bench.errors import RefusedError


class Transform(IntEnum):
    """One step; a certificate element has up to two."""

    NONE = 0
    REVERSE = 1
    BIN2HEX_UC = 2
    BIN2HEX_LC = 3
    HEX2BIN_UC = 4
    HEX2BIN_LC = 5
    BIN2HEX_SPACE_UC = 6
    BIN2HEX_SPACE_LC = 7
    HEX2BIN_SPACE_UC = 8
    HEX2BIN_SPACE_LC = 9

    @property
    def specification_name(self) -> str:
        """The name in CryptoAuthLib, such as `TF_BIN2HEX_UC`."""
        return f"TF_{self.name}"

    def apply(self, data: bytes) -> bytes:
        """Return what stands in the certificate for `data` of the chip.

        Raises:
            RefusedError: `not-rebuildable` for what is not hexadecimal where it has to be.
        """
        match self:
            case Transform.NONE:
                return data
            case Transform.REVERSE:
                return data[::-1]
            case Transform.BIN2HEX_UC | Transform.BIN2HEX_SPACE_UC:
                return self._hex(data).upper()
            case Transform.BIN2HEX_LC | Transform.BIN2HEX_SPACE_LC:
                return self._hex(data)
            case _:
                return _from_hex(data)

    def undo(self, data: bytes) -> bytes:
        """Return what the chip has to hold so that `apply` gives `data`.

        Raises:
            RefusedError: As `apply` does.
        """
        return _INVERSES.get(self, self).apply(data)

    def _hex(self, data: bytes) -> bytes:
        spaced = self in (Transform.BIN2HEX_SPACE_UC, Transform.BIN2HEX_SPACE_LC)
        return (data.hex(" ") if spaced else data.hex()).encode("ascii")


_INVERSES = {
    Transform.BIN2HEX_UC: Transform.HEX2BIN_UC,
    Transform.BIN2HEX_LC: Transform.HEX2BIN_LC,
    Transform.HEX2BIN_UC: Transform.BIN2HEX_UC,
    Transform.HEX2BIN_LC: Transform.BIN2HEX_LC,
    Transform.BIN2HEX_SPACE_UC: Transform.HEX2BIN_SPACE_UC,
    Transform.BIN2HEX_SPACE_LC: Transform.HEX2BIN_SPACE_LC,
    Transform.HEX2BIN_SPACE_UC: Transform.BIN2HEX_SPACE_UC,
    Transform.HEX2BIN_SPACE_LC: Transform.BIN2HEX_SPACE_LC,
}


def _from_hex(data: bytes) -> bytes:
    try:
        return bytes.fromhex(data.decode("ascii"))
    except ValueError as error:
        raise RefusedError(
            "not-rebuildable",
            "A part of the certificate is converted from hexadecimal digits, and what is there is something else.",
            "Use the template that was made for this certificate.",
        ) from error
