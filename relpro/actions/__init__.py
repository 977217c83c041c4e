"""What can be asked of a task group, and what each request comes to."""
