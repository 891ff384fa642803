"""Which topic shows what: the one table of the push channel.

Each entry reads many ids at once and returns `{id: (version, state)}` for those that are public; what is absent
is gone.
"""

TOPICS = {}
