"""Audio files of any kind: read, inspected, without copies, cut into clips."""
