"""Tables and trees."""
