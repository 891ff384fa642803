"""The public rules in plain words: what each reason means."""

from django.utils.translation import gettext_lazy as _

from decide.moderation.models import Reason

RULES = {
    Reason.INSULT: _("Se puede estar en desacuerdo con dureza. No se puede insultar, humillar ni amenazar a nadie."),
    Reason.HATE: _(
        "No se desprecia a nadie por su origen, etnia, género, orientación, religión, edad, discapacidad o pobreza."
    ),
    Reason.PERSONAL_DATA: _(
        "No se publican cédulas, teléfonos, direcciones ni fotos de personas particulares sin su permiso."
    ),
    Reason.SPAM: _("No se venden cosas, no se copia el mismo texto muchas veces, no se desvía a otros sitios."),
    Reason.FALSE_IDENTITY: _("Se puede usar un apodo. No se puede fingir ser otra persona ni tener un cargo ajeno."),
    Reason.ILLEGAL: _("No se publica lo que la ley prohíbe, ni se llama a cometer un delito."),
    Reason.OFF_TOPIC: _("Cada conversación trata de su propuesta. Lo que no tiene relación puede ocultarse."),
    Reason.OTHER: _("Si algo daña a alguien y no está en esta lista, explíquelo: una persona lo lee."),
}
