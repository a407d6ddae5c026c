"""State that all pages share.

Device worker, background work, the device at hand.
"""
