"""Plans, read: when they are late, how many stand where, and how one is shown."""
