"""The form for DLI jobs, made from the catalogue of their settings."""
