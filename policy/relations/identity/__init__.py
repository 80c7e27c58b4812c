"""Who may assume, call, publish and decrypt, and whether that is what they need."""
