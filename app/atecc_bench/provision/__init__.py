"""Profile, plan, run and record of a provisioning."""
