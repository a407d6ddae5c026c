"""Certificates and requests as tools print them, without their bytes."""
