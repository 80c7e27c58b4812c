"""Container images: private repositories and the pull-through cache."""
