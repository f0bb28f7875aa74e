"""Changes of DLI jobs: definition, restart, savepoints."""
