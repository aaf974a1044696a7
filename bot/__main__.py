"""``python -m bot`` is ``weiwang``."""

from bot.cli import main

if __name__ == "__main__":
    main()
