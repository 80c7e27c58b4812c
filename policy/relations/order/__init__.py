"""What must exist before what, and outlive it."""
