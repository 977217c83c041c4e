"""The optimized graph -> task bodies as the queue takes them."""
