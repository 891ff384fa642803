"""Everything that falls due by itself: the table that `manage.py tick` works through, each minute.

Each entry names a function `f(now) -> int`: how many things it did. It opens its own transactions and may be run
twice. Names, not functions, so that one room which cannot even be imported does not stop the others.
"""

DUE = [
    "votes.services.follow_polls",
    "votes.services.remind_of_close",
    "votes.services.drop_old_turns",
    "budgets.services.year.follow_phases",
    "proposals.services.archive_expired",
    "proposals.services.place_recent_files",
    "budgets.services.follow_period",
    "budgets.services.place_recent_files",
    "budgets.services.follow_conditions",
    "budgets.services.remind_of_studies",
    "decide.answers.services.remind",
    "decide.moderation.services.show_expired_images",
    "decide.moderation.services.end_suspensions",
    "decide.moderation.services.remind",
    "votes.services.drop_old_intentions",
    "decide.accounts.services.drop_old_attempts",
    "decide.accounts.services.drop_unconfirmed_accounts",
    "decide.accounts.sessions.drop_expired",
    "decide.territory.services.follow_zones",
    # After the zones: an assembly hangs from the zone of its parish today.
    "decide.assemblies.services.follow_territory",
    "decide.assemblies.services.remind",
    "decide.notices.services.drop_old",
    "decide.notices.services.write_announcements",
    "decide.notices.services.gather_digests",
    # Last, so that what the others told goes out at once.
    "decide.notices.services.send_due",
]
