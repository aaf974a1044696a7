"""Running the real handlers over a recorded day on a virtual clock: no WeChat, the same result every time."""
