"""Who a session belongs to."""

from allauth.account.auth_backends import AuthenticationBackend

from decide.accounts.models import User


class AccountBackend(AuthenticationBackend):
    """allauth's; the account comes with its residence, which nearly every page and every write of it asks for."""

    def get_user(self, user_id):
        user = User.objects.select_related("residence").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
