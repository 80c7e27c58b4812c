"""Where should containers run? By what excludes a way, by price, and by operations."""
