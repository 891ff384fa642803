"""The only writes of the assemblies. Locks are taken in one order: the assembly above, the assembly, its seats."""

from decide.assemblies.services.deciding import (
    end_assembly,
    open_to_objections,
    refuse_registration,
    register_assembly,
    return_registration,
)
from decide.assemblies.services.objecting import object_to
from decide.assemblies.services.own_data import erase_own, export_own
from decide.assemblies.services.registering import Member, apply_for_registration, correct_registration
from decide.assemblies.services.seats import Person, elect_seats, leave_seat, name_of, print_credential
from decide.assemblies.services.telling import remind
from decide.assemblies.services.tree import assembly_of, ensure_assemblies, follow_territory

__all__ = [
    "Member",
    "Person",
    "apply_for_registration",
    "assembly_of",
    "correct_registration",
    "elect_seats",
    "end_assembly",
    "ensure_assemblies",
    "erase_own",
    "export_own",
    "follow_territory",
    "leave_seat",
    "name_of",
    "object_to",
    "open_to_objections",
    "print_credential",
    "refuse_registration",
    "register_assembly",
    "remind",
    "return_registration",
]
