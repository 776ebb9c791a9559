"""Collecting music by playlists, the way of the paper, into a manifest."""
