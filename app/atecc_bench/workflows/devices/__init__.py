"""From a job to a finished device, one or many."""
