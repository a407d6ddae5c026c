"""Parts of the page Certificates."""
