"""Measures of the work on tickets: what is counted, by whom and when; frozen months; what is reported of them."""
