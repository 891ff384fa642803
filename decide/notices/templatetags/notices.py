"""`{% load notices %}{% unread_notices as unread %}`: asked only where a page shows it."""

from django import template

from decide.notices import public

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_notices(context) -> int:
    """How many notices this person has not read, 100 for more: no query for those who are not signed in."""
    user = getattr(context.get("request"), "user", None)
    return public.unread_count(user) if user and user.is_authenticated else 0


@register.filter
def indented(text: str) -> str:
    """The lines after the first begin where the first does, in a list of a mail."""
    return text.replace("\n", "\n  ")
