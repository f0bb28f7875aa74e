"""Who may do what: pure decisions that name the rule that fired."""
