"""What other people's collections of audio files look like, a module each."""
