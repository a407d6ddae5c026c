"""Chain checks, requests, manifests."""
