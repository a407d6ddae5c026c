"""ca, cert, template, manifest."""
