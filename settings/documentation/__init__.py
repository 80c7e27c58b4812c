"""`docs/configuration.md`, generated from the model, the rules, the facts, and the catalog of add-ons."""
