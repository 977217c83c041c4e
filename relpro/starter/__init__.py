"""What a project has at its start: `relpro init` writes it, `templates/` holds it."""
