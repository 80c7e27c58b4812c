"""Container images: repositories of our own and the cache of public ones."""
