"""Pictures of every screen and card, taken in a browser: the look of the bot, to be looked at."""
