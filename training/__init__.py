"""Makes the table of the embedded embedder and the weights of the retrieval gate; not part of the product."""
