"""What every room stands on: errors, text, files, worker processes."""
