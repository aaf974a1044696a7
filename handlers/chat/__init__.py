"""What people say in WeChat: who speaks, what is it about, and which use case it calls."""
