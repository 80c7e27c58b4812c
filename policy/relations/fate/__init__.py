"""What is kept and what is deleted together."""
