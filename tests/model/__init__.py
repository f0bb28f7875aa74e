"""The bot's promises, checked by moving everything in any order: people, replicas, clouds, time."""
