"""Checks of what a rendering says, one function for each, by subject."""
