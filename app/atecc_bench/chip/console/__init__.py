"""Commands as words and forms, and answers in words, for consoles."""
