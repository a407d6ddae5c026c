"""The chip as a whole: packet in, answer, duration and reason out."""
