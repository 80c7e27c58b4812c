"""Keys, permissions and acknowledged policy findings."""
