"""Templates and certificates as C: cert_def_*.c in and out."""
