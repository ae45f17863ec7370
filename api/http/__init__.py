"""What HTTP asks of every resource: bodies, media types, conditional requests, lists."""
