"""What the services of the room share: locks in one order (the assembly above first), and steps that are kept."""

from django.conf import settings
from django.utils import translation

from decide.assemblies.models import Assembly, StatusChange


def in_spanish():
    """What is stored for everybody to read is written in the city's language, whatever the actor's is."""
    return translation.override(settings.LANGUAGE_CODE)


def lock_assembly(pk: int) -> Assembly:
    """The assembly as it is now, locked until the transaction ends."""
    return (
        Assembly.objects.select_for_update(of=("self",), no_key=True)
        .select_related("parish__zone", "zone", "parent", "body")
        .get(pk=pk)
    )


def lock_with_parent(assembly: Assembly) -> Assembly:
    """The same, after its parent: whatever is counted among the siblings waits here."""
    if assembly.parent_id:
        lock_assembly(assembly.parent_id)
    return lock_assembly(assembly.pk)


def add_step(assembly: Assembly, *, by=None, reason="", at) -> StatusChange:
    """Keep that the assembly came to the state that it has now."""
    return StatusChange.objects.create(assembly=assembly, status=assembly.status, at=at, reason=reason, by=by)
