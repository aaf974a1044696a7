"""Who answers and by when: what admins set by command or direct message, and leave."""
