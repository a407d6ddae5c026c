"""What a chip holds against what it should hold."""
