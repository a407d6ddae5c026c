"""Two certificates by structure: fields, ranges, facts."""
