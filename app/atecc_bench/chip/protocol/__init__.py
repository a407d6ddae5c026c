"""Bytes on the wire: packets, CRC, opcodes, status codes, addressing, execution times."""
