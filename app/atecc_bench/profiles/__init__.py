"""What a chip is to become: YAML profiles, their checks, their slots."""
