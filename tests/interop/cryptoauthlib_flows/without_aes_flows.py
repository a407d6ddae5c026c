"""A chip that was made without AES."""

from client import Client

PARSE_ERROR = 0xD2


def flow_aes_is_a_parse_error(chip: Client) -> None:
    chip.refuses(PARSE_ERROR, "aes_encrypt", 10, 0, bytes(16), bytearray(16))
    chip("nonce", bytes(range(32)))
    chip.refuses(PARSE_ERROR, "aes_encrypt", 0xFFFF, 0, bytes(16), bytearray(16))
