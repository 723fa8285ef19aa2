"""The report of a round to the board, and a strategy's whole plan: documents made of a snapshot, and their files."""
