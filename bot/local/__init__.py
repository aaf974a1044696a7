"""The local chat: an embedded stand-in for WeChat, with a page to play everybody, for demos, training and tests."""
