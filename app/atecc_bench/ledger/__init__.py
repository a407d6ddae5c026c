"""The database that indexes what this computer keeps about devices."""
