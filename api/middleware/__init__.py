"""WSGI layers around Flask: request log, metrics, rate limits, kept answers."""
