"""Visits to the place: kept on the phone until they are sent, stored once."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets import study_rules as rules
from budgets.models import FieldVisit, Request
from budgets.services.authoring import made_with
from budgets.services.files import place_files
from decide.errors import Refused


@transaction.atomic
def record_visit(
    *, request: Request, officer, visited_at, note: str, place="", lat=None, lon=None, image=None, once_key=None
) -> FieldVisit:
    """What an officer saw, with the photo that `images.clean_photo` made. The same `once_key` gives the same visit.

    Officers see it now, everybody with the three opinions. Refused: 403 who, 409 over, 400 nothing said, a day to come.
    """
    made = made_with(FieldVisit, once_key)
    if made is not None:
        return _same(made, request, officer)
    if not rules.studies(officer, request):
        raise Refused(_("Las visitas las registra quien estudia las solicitudes de esta zona."), status=403)
    if not rules.can_visit(officer, request):
        raise Refused(_("La solicitud ya no está en revisión ni en estudios."), status=409)
    if not any(c.isalnum() for c in note):
        raise Refused(_("Escriba qué vio en el lugar."), status=400)
    if visited_at > timezone.now() + timedelta(minutes=10):  # clocks of phones differ
        raise Refused(_("La visita no puede tener una fecha futura."), status=400)
    try:
        with transaction.atomic():
            made = FieldVisit(
                request=request,
                officer=officer,
                visited_at=visited_at,
                note=note,
                place=place,
                lat=lat,
                lon=lon,
                once_key=once_key,
            )
            if image is not None:
                made.image.save(image.name, image, save=False)
            made.save()
    except IntegrityError:  # sent twice at once: the first one stands
        _forget_file(made)
        made = made_with(FieldVisit, once_key)
        if made is None:
            raise
        return _same(made, request, officer)
    place_files(request.pk)
    return made


def _same(made: FieldVisit, request: Request, officer) -> FieldVisit:
    if (made.request_id, made.officer_id) != (request.pk, officer.pk):
        raise Refused(_("Este formulario ya se envió. Abra uno nuevo."), status=409)
    return made


def _forget_file(visit: FieldVisit) -> None:
    if visit.image:
        visit.image.delete(save=False)
