"""What differs, what those bytes are, and why."""
