"""Who confirms an address for the first time by entering with a code did not come through this account's sign-up."""

from django.contrib import messages
from django.utils.translation import gettext as _

ENTERED_BY_CODE = "account_confirm_login_code"


def forget_stranger_s_password(sender, request, email_address, **kwargs) -> None:
    """Receives allauth's `email_confirmed`. Somebody may have signed up with another person's address and wait for
    its owner to come: the password that was chosen then ends here, and the owner chooses their own."""
    if getattr(request.resolver_match, "url_name", None) != ENTERED_BY_CODE:
        return
    user = email_address.user
    user.set_unusable_password()
    user.save(update_fields=["password"])
    messages.warning(
        request,
        _("Confirmó su correo. Por su seguridad, la contraseña del registro ya no vale: elija una en su cuenta."),
    )
