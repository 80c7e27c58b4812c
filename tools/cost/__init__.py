"""What does an environment cost a month? From its templates and the prices in facts/, without AWS."""
