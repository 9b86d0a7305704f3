"""What to make: the matrix of an order, cutdowns and reframes."""
