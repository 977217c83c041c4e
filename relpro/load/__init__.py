"""Located values -> the model: kinds, configuration, parameters, facts of version control."""
