"""What a person asks for, from start to end, once for window and command line."""
