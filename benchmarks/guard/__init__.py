"""The guard of speed: instructions of the hottest operations, of two commits."""
