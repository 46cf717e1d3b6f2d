"""What passages speak of, what people care for, and which of it a question is about."""
