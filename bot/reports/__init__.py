"""Reports as files: sheets, pages and pictures. What they say comes from ``handlers.measures``."""
