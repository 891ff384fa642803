import pytest

from decide.moderation.models import ModerationCase
from decide.moderation.signals import edit_decided, visibility_changed


@pytest.fixture
def heard():
    """What owners hear: [(case pk, hidden)] and [(fields, approved)], in order."""
    told = {"visibility": [], "edits": []}

    def on_visibility(sender, case, hidden, **_kwargs):
        told["visibility"].append((case.pk, hidden))

    def on_edit(sender, case, fields, approved, **_kwargs):
        told["edits"].append((fields, approved))

    visibility_changed.connect(on_visibility, sender=ModerationCase, weak=False)
    edit_decided.connect(on_edit, sender=ModerationCase, weak=False)
    yield told
    visibility_changed.disconnect(on_visibility, sender=ModerationCase)
    edit_decided.disconnect(on_edit, sender=ModerationCase)
