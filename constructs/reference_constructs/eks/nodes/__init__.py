"""Where pods run: one module for each kind of node."""
