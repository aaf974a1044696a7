"""The web server: health, metrics, the local chat, and whatever else is mounted on it."""
