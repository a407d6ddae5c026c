"""The same chip in software, and the virtual board around it."""
