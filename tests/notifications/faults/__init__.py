"""Everything that the mails rest on, broken on purpose: mail server, Redis, PostgreSQL, workers, the clock, people."""
