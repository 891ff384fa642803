"""Sessions that know their account, so that an erased account leaves none behind."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils.http import base36_to_int

from decide.accounts.models import AccountSession

# Where allauth keeps a sign-in, a confirmation and a new password that wait for their code.
HALF_WAY = ("account_login", "account_email_verification_code", "account_password_reset_verification")


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls):
        return AccountSession

    def _validate_session_key(self, key):
        """Only what we make: a NUL byte in a cookie is no question for PostgreSQL, which refuses it as an error."""
        return super()._validate_session_key(key) and key.isascii() and key.isalnum()

    def create_model_instance(self, data):
        return _owned(super().create_model_instance(data), data)

    async def acreate_model_instance(self, data):
        return _owned(await super().acreate_model_instance(data), data)


def _owned(session: AccountSession, data) -> AccountSession:
    """Also whoever has begun to enter and not finished: allauth keeps the account and its address meanwhile."""
    account = data.get(SESSION_KEY)
    if not account and (begun := next((data[name] for name in HALF_WAY if data.get(name)), None)):
        number = begun.get("user_pk")
        account = base36_to_int(number) if number else begun.get("user_id")
    session.account_id = int(account) if account else None
    return session


def drop_expired(now) -> int:
    """Delete sessions whose time is up. Returns how many."""
    return AccountSession.objects.filter(expire_date__lt=now).delete()[0]


def end_sessions(account_id: int) -> None:
    """End every session of an account, on every device."""
    AccountSession.objects.filter(account_id=account_id).delete()
