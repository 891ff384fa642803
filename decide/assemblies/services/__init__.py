"""The only writes of the assemblies. Locks are taken in one order: the assembly above, the assembly, its seats.

A session has a lock of its own (`hall`): whatever happens in one hall takes its row first, then its minutes.
"""

from decide.assemblies.services.attendance import accredit, add_guest, check_in, note_leaving, remove_attendance
from decide.assemblies.services.calling import call_session, cancel_session, move_session
from decide.assemblies.services.deciding import (
    end_assembly,
    open_to_objections,
    refuse_registration,
    register_assembly,
    return_registration,
)
from decide.assemblies.services.hall import close_session, open_session, set_hall, verify_quorum
from decide.assemblies.services.items import (
    add_item,
    change_way,
    close_item,
    close_phone_items,
    confirm_hand_count,
    correct_hand_count,
    enter_hand_count,
    mark,
    open_item,
    open_phone_items,
    remove_item,
    unmark,
)
from decide.assemblies.services.minutes import (
    add_scan,
    correct_minutes,
    draft_minutes,
    lock_minutes,
    return_minutes,
    write_observations,
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
    "accredit",
    "add_guest",
    "add_item",
    "add_scan",
    "apply_for_registration",
    "assembly_of",
    "call_session",
    "cancel_session",
    "change_way",
    "check_in",
    "close_item",
    "close_phone_items",
    "close_session",
    "confirm_hand_count",
    "correct_hand_count",
    "correct_minutes",
    "correct_registration",
    "draft_minutes",
    "elect_seats",
    "end_assembly",
    "ensure_assemblies",
    "enter_hand_count",
    "erase_own",
    "export_own",
    "follow_territory",
    "leave_seat",
    "lock_minutes",
    "mark",
    "move_session",
    "name_of",
    "note_leaving",
    "object_to",
    "open_item",
    "open_phone_items",
    "open_session",
    "open_to_objections",
    "print_credential",
    "refuse_registration",
    "register_assembly",
    "remind",
    "remove_attendance",
    "remove_item",
    "return_minutes",
    "return_registration",
    "set_hall",
    "unmark",
    "verify_quorum",
    "write_observations",
]
