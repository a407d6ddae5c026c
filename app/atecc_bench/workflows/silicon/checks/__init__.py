"""The questions to a chip, by what they are about."""
