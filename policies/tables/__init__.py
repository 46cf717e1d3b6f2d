"""Questions over rows: what of the tables a question names, and the SQL that answers it. Pure."""
