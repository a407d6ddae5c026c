"""The wizard: one file per step, and what the steps share."""
