"""Recorded days on a virtual clock."""
