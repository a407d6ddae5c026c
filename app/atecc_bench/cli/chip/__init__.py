"""config, key, slot: what is on one chip."""
