"""A pepper that is gone while documents depend on it would let a person be verified twice: say so aloud."""

from django.core.checks import Error, Tags, Warning, register
from django.db import DatabaseError

from decide.accounts import keys


@register(Tags.database)
def peppers_are_there(app_configs, databases, **kwargs):
    """Runs with `manage.py check --database default` and with every `migrate`."""
    if not databases or "default" not in databases:
        return []
    try:
        if keys.pepper_is_missing():
            return [
                Error(
                    "Residences are known under a pepper that RESIDENCE_PEPPERS does not hold; nobody can be verified.",
                    hint="Put the former pepper back behind the new one: RESIDENCE_PEPPERS=v2:new,v1:former",
                    id="accounts.E001",
                )
            ]
        if keys.register_is_stale():
            return [
                Warning(
                    "Part of the residents' register is known only under a former pepper.",
                    hint="Import the register again: manage.py import_register FILE.csv",
                    id="accounts.W001",
                )
            ]
    except DatabaseError:  # before the first migrate
        pass
    return []
