"""Would the fast tests notice a wrong line of the source? Cosmic Ray breaks it, a seeded sample of places at a time."""
