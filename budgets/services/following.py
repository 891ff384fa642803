"""Who follows a request: its author from the first day, whoever chose to, and those who follow its parish."""

from budgets.models import Request
from decide.comments import services as comments
from decide.notices import services as notices
from decide.notices.models import FollowList


def follow_list(request: Request) -> FollowList:
    """The list of those who follow a request. At the first call it is made, with its author on it."""
    thread = request.thread
    if thread.follow_list is None:
        made = comments.follow_list(thread=thread, title=request.title, about=f"request:{request.pk}")
        if request.author_id:
            notices.follow(user=request.author, list=made, own=True)
    return thread.follow_list


def tell_followers(request: Request, *, kind: str, key: str, subject, body, path="", parish=False, exclude=()) -> int:
    """Tell those who follow the request (its author among them, as its author) and, for what its whole parish should
    know, those who follow the parish. `path` is the request's page where none is given."""
    lists = [follow_list(request), notices.parish_list(request.parish) if parish else None]
    return notices.tell_followers(
        lists,
        kind=kind,
        key=key,
        subject=subject,
        body=body,
        path=path or request.get_absolute_url(),
        about=f"request:{request.pk}",
        exclude=exclude,
    )
