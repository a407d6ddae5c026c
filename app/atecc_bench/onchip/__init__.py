"""Keys, certificates and data in the slots of one chip.

They are read, written, read back and proved. Nothing here knows a profile.
"""
