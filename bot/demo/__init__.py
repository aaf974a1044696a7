"""An invented subdistrict (3 communities, 9 groups) to try everything with; `make run` loads it into an empty database."""

from bot.demo.loading import load_demo

__all__ = ["load_demo"]
