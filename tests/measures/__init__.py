"""Measures and reports: figures worked out by hand, frozen months, files that are opened again."""
