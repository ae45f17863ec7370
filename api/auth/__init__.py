"""Who calls: the Authorization header, tokens, API keys and passwords."""
