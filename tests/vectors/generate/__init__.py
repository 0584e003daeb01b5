"""Makes the vectors: the same files, byte for byte, on every run."""
