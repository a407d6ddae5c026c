"""From differing fields to one root cause with evidence and fix."""
