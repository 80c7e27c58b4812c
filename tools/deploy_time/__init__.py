"""How long does a deployment take, and what does it wait for? From the templates and measured times."""
