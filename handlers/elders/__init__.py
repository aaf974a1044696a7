"""五老: trusted residents. What they report counts as verified, and they pass notices on."""
