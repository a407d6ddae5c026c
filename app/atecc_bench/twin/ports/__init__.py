"""How programs reach a virtual board: virtual:// URLs, presets, PTY, RFC 2217."""
