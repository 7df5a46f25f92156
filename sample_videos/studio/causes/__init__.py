"""What is wrong in a clip, read off its truth; one module a kind of thing."""
