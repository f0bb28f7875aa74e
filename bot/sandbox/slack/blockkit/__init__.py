"""Block Kit's limits as tables, and the few kinds of rules they are made of."""
