"""What an administrator must grant: the roles of a project, and the scopes of each."""
