"""What is there to own? One HTML file of an environment: from its templates, findings, cost, and time, without AWS."""
