"""What other programs of libraries speak: SIP2, OAI-PMH, SRU."""
