"""Short recordings with site folders and ground truth."""
