"""Parts of the page that compares: the report on paper, and mending."""
