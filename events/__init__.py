"""Events: the feed of what has happened, and webhooks that are told of it."""
