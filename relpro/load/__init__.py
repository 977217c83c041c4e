"""Values with their places -> kinds, configuration, policy; and what version control knows."""
