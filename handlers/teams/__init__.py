"""铁脚板 and 海棠先锋: calling a team for a ticket, ring by ring, until enough hands have said they come."""
