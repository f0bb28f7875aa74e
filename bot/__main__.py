"""Let `python -m bot` be the same as `flinkbot`."""

from bot.cli import main

if __name__ == "__main__":
    main()
