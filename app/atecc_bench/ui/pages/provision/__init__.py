"""Provision: the wizard."""
