"""Ways from this computer to a chip.

Ports, the Kit Protocol client, the exchange trace.
"""
