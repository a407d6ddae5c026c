"""How one device's certificates stand on its chip, by layout."""
