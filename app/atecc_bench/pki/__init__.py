"""Certificates: DER, keys, templates, compressed certificates, the certificate authority."""
