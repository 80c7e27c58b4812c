"""Room for a deployment, a refresh or an update."""
