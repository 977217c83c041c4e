"""The files of a new project, which `relpro init` writes; `templates/` has them."""
