"""Whoever must talk has a path, and nobody else has."""
