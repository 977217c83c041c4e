"""The roles that an administrator must create for a project, and their scopes."""
