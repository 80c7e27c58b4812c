"""Names, versions, architectures, metrics and zones that must be the same."""
