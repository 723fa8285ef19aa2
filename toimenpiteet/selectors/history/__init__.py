"""What happened, who, why: one stream of events over every tracked field of every tracked table, and its readers.

`stream` reads it, `words` says it; the timeline of an item, the news, the API's history and the trail of one row are
filters of it. Nobody outside reads a history table or a status change (docs/building, the check in tests).
"""
