"""The frozen vocabulary: what every other package speaks in. Imports nothing of ours outside this package."""
