"""What one chip answers, held against what the twin answers."""
