"""What every page shows around its content."""

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

# A section appears once its address exists.
NAV = [
    ("proposals:list", _("Propuestas")),
    ("votes:list", _("Votaciones")),
    ("budgets:index", _("Presupuestos")),
    ("assemblies:list", _("Asambleas")),
    ("pages:parishes", _("Parroquias")),
    ("answers:list", _("Respuestas")),
    ("pages:results", _("Resultados")),
    ("pages:help", _("Ayuda")),
]
FOOTER = [
    ("moderation:rules", _("Reglas y moderación")),
    ("pages:privacy", _("Privacidad")),
    ("pages:terms", _("Condiciones de uso")),
    ("pages:accessibility", _("Accesibilidad")),
    ("proposals:follow", _("Seguir con un código")),
]


def links(names, here=""):
    """The addresses that exist, and which of them is this page or its section."""
    found = []
    for name, label in names:
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        current = "page" if here == address else "true" if here.startswith(address) else ""
        found.append({"address": address, "label": label, "here": current})
    return found


def site(request):
    path = request.path
    return {
        "SITE_NAME": settings.SITE_NAME,
        "DEMO": settings.DEMO,
        "SITE_NAV": links(NAV, path),
        "SITE_FOOTER": links(FOOTER),
        "SIGN_IN_NEXT": request.get_full_path() if request.method == "GET" and not path.startswith("/cuentas/") else "",
    }
