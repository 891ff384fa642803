"""What the administrations of all rooms share."""


class LookOnly:
    """For an admin or an inline: rows that services write are looked at here, never added, changed or deleted."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
