"""From the optimized graph to task bodies as the queue takes them."""
