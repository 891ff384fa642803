"""The demo's mailbox: what the platform wrote to people, so that a newcomer can finish a sign-up."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from decide.demo import mailbox, people


@require_safe
@never_cache
def inbox(request):
    context = {"mails": mailbox.newest(), "register": people.rows("register.csv"), "password": people.PASSWORD}
    return render(request, "demo/mailbox.html", context)


@require_safe
@never_cache
def mail(request, name):
    found = mailbox.read(name)
    if found is None:
        raise Http404
    return render(request, "demo/mail.html", {"mail": found})
