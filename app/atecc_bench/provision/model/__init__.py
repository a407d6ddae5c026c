"""Values that planning, running and reporting share."""
