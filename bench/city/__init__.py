"""``python -m bench.city``: an invented city of any size, made in bulk, to measure on and to try what one feels like.

``structure`` its units, people and strategy, through the services · ``story`` what happens to its action items in ten
years · ``ledger`` the rows of both and of their histories, written in bulk · ``words`` what is written in them ·
``guards`` how the database lets that happen · ``making`` all of it in one transaction · ``command`` what is asked for.
"""
