"""Tickets: opening them, and everything that can happen to one until it is closed."""
