"""What happened, who, why: one stream of events over every tracked field of every tracked table, and its readers.

`stream` reads it and `words` says it; the timeline of an item, the news, a plan's history for programs, the trail of
one row, signs of life and the taking back of moves are filters of it. Nobody else reads a history table or a status
change, except the models, access, the services that write them, and ``integrity`` beside them, which checks them.
"""
