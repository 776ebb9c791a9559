"""A trained network as a tool: train it on one's own music, label new songs with it."""
