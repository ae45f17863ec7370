"""The same few requests answered by other means, as their own documentation teaches."""
