"""Units of deployment: they wire constructs together and say what others may read; they hold no logic."""
