"""Writing and changing proposals, their photos and documents."""


def draft_proposal(
    *,
    title,
    summary,
    category,
    author=None,
    body="",
    parish=None,
    tags=(),
    neighbourhood="",
    street="",
    reference="",
    lat=None,
    lon=None,
    by_desk=False,
    desk_residence=None,
    desk_officer=None,
    code=None,
    once_key=None,
):
    """A new draft with its closed box and its thread that nobody sees yet. `tags` are names."""
    raise NotImplementedError


def edit_proposal(*, proposal, editor, version, **changes):
    raise NotImplementedError


def add_photo(*, proposal, image, alt="", once_key=None):
    raise NotImplementedError


def remove_photo(*, proposal, photo):
    raise NotImplementedError


def add_document(*, proposal, file, title, once_key=None):
    raise NotImplementedError


def remove_document(*, proposal, document):
    raise NotImplementedError


def export_own(user) -> dict:
    raise NotImplementedError


def erase_own(user) -> None:
    raise NotImplementedError
