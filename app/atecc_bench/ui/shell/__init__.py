"""The frame: window, header, rail, status line."""
