"""Following: the lists that people are on. Whatever is followed owns a FollowList, made when it is first needed."""

from django.db import transaction

from decide.notices.models import Follow, FollowList


def list_of_parish(parish) -> FollowList:
    """The list of those who follow a parish (a Parish, or its key)."""
    return FollowList.objects.get_or_create(parish_id=getattr(parish, "pk", parish))[0]


def parish_list(parish) -> FollowList | None:
    """The list of a parish (None: the whole district) if anybody ever followed it: for `tell_followers`."""
    return FollowList.objects.filter(parish=parish).first() if parish else None


def make_list(*, title: str, path: str, about: str) -> FollowList:
    """A list for an owner that has none yet. The owner keeps it."""
    return FollowList.objects.create(title=title[:200], path=path[:300], about=about)


def rename_list(*, pk: int | None, title: str, path: str) -> None:
    """What is followed has another name or page now (its list's key, None where nobody ever followed it)."""
    FollowList.objects.filter(pk=pk).update(title=title[:200], path=path[:300])


def follow(*, user, list: FollowList, own: bool = False) -> bool:
    """Twice is once. Returns whether this person did not follow it before."""
    return Follow.objects.get_or_create(list=list, user=user, defaults={"own": own})[1]


def unfollow(*, user, list: FollowList) -> bool:
    """Twice is once. Returns whether this person followed it."""
    return bool(Follow.objects.filter(list=list, user=user).delete()[0])


@transaction.atomic
def follow_many(*, user, lists) -> int:
    """Follow those that still exist among these keys (what was kept while a person signed in)."""
    return sum(follow(user=user, list=each) for each in FollowList.objects.filter(pk__in=lists))
