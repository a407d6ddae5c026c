"""How one device's certificates are stored on its chip, by layout."""
