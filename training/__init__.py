"""Makes the table of the embedded embedder; not part of the product."""
