"""The configuration zone as typed data: fields, bits, slot policies."""
