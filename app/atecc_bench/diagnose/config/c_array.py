"""Bytes as C source."""

_ROW = 16


def c_array(data: bytes, name: str) -> str:
    """Bytes as a C array, 16 to a row.

    The last offset of a row stands behind it.
    """
    rows = (
        "    " + ", ".join(f"0x{b:02X}" for b in data[i : i + _ROW]) + f",  // {min(i + _ROW, len(data)) - 1}\n"
        for i in range(0, len(data), _ROW)
    )
    return f"static const uint8_t {name}[{len(data)}] = {{\n{''.join(rows)}}};\n"
