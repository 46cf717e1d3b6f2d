"""How a person's turn reads: what it asks for, and the words that say so. Plain rules, shared by the policies."""
