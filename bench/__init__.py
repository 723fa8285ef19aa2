"""``make bench``: how fast the product is, against bare Django, bare DRF and bare psycopg (docs/performance.md).

``python -m bench`` drives; ``prepare`` runs inside the product and makes the data set ready; ``settings``, ``urls`` and
``floors`` are the bare project beside it; ``raw`` is the transaction without Django; ``lua`` is what wrk sends.
"""
