"""What the settings accept, and how they say no."""
