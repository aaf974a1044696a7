"""The wechaty backend: the only package that may import wechaty and its family."""
