"""How many instances of each group of an ECS cluster its tasks take."""
