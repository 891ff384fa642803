"""The assembly without internet: one HTML file that works from disk, with everything that it needs in it.

`budgets/offline/` holds its script and style as plain files, `templates/budgets/offline.html` its skeleton; here they
become one. What it says in Spanish comes from here too, so that the files hold no sentence.
"""

import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import json_script
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from budgets.counting.election import Election
from budgets.counting.rules import count
from budgets.decision_rules import page_of
from budgets.models import Decision
from budgets.tally import cents, minimum_of, project_id, tie_order
from decide.assemblies.services.hall import quorum_of
from decide.assemblies.session_reading import door_list
from decide.templatetags.decide import fecha

FORMAT = "decide-asamblea-1"
FOLDER = Path(__file__).parent / "offline"
SCRIPTS = ("greedy.js", "state.js", "page.js")


def name_of(decision: Decision) -> str:
    return f"asamblea-{decision.year.year}-{decision.parish.slug}.html"


def candidates_of(decision: Decision) -> list:
    return list(decision.candidates.select_related("request", "item"))


def data_of(decision: Decision) -> dict:
    """What the file knows: whole cents, ids as in the exports. Names of delegates are in it: it is the table's."""
    session, candidates = decision.session, candidates_of(decision)
    entitled, to_sit, to_decide = session.entitled, session.quorum_to_sit, session.quorum_to_decide
    if session.opened_at is None:
        entitled, to_sit, to_decide = quorum_of(session)
    return {
        "format": FORMAT,
        "decision": decision.pk,
        "year": decision.year.year,
        "parish": {"code": decision.parish.code, "name": decision.parish.name},
        "assembly": session.assembly.name,
        "zone": session.assembly.parish.zone.name if session.assembly.parish.zone_id else "",
        "session": {"id": session.pk, "starts_at": fecha(session.starts_at), "place": session.place},
        "agenda": session.agenda,
        "called": fecha(session.called_at) if session.called_at else "",
        "quorum": {"entitled": entitled, "sit": to_sit, "decide": to_decide},
        "rule": decision.rule,
        "minimum_votes": minimum_of(decision),
        "most_marks": session.most_marks,
        "budget": cents(decision.budget),
        "seed": decision.seed,
        "tie_order": tie_order(candidates),
        "items": [
            {
                "id": project_id(c),
                "number": c.number,
                "title": c.request.title,
                "kind": c.request.kind,
                "kind_label": str(c.request.get_kind_display()),
                "cost": cents(c.cost),
            }
            for c in candidates
        ],
        "places": [
            {
                "place": place["place"],
                "seats": [
                    {
                        "seat": row["seat"].pk,
                        "number": row["seat"].number,
                        "people": [
                            {"appointment": p["appointment"].pk, "name": p["name"], "alternate": p["alternate"]}
                            for p in row["people"]
                        ],
                    }
                    for row in place["seats"]
                ],
            }
            for place in door_list(session)
        ],
        "words": words(),
    }


def words() -> dict[str, str]:
    """What the script says."""
    return {
        "absent": _("No está"),
        "principal": _("principal"),
        "alternate": _("alterna/o"),
        "seat": _("Puesto"),
        "quorum": _("Hay {present} personas con voto. Para instalarse se necesitan {sit}; para decidir, {decide}."),
        "open_first": _("Primero instale la sesión."),
        "opened": _("Sesión instalada a las {time}."),
        "no_quorum": _("Falta quórum: hay {present} y se necesitan {needed}."),
        "names_first": _("Escriba los dos nombres: quién anota y quién vuelve a leer. Son dos personas."),
        "write": _("Anote el conteo y que la otra persona lo lea y lo anote de nuevo."),
        "again": _("Falta que la otra persona lo lea y lo anote de nuevo."),
        "differ": _("Los dos números no son iguales: cuenten otra vez."),
        "too_many": _("Hay {present} personas con voto: escriba un número entre 0 y {present}."),
        "agreed": _("Los dos coinciden."),
        "first": _("Conteo de quien anota"),
        "second": _("Conteo de quien relee"),
        "waiting": _("Faltan {n} conteos. El resultado aparece cuando estén todos."),
        "funded": _("Priorizada"),
        "reserve": _("Reserva, puesto {place}"),
        "not_funded": _("No priorizada"),
        "enters": _("Entra en el presupuesto."),
        "does_not_fit": _("No alcanzó: quedaban {left} y cuesta {cost}."),
        "stopped": _("La regla se detuvo antes, en la primera que no alcanzaba."),
        "below_minimum": _("Menos votos que el mínimo."),
        "no_votes": _("Nadie votó por ella."),
        "spent": _("Se usan {cost} de {budget}. Quedan {left}."),
        "finished": _("Sesión clausurada a las {time}. Imprima el acta, fírmenla y guarde el archivo."),
        "not_kept": _("Este navegador no guarda lo que escribe. Guarde el archivo a menudo, y no cierre esta página."),
        "kept": _("Guardado en este navegador a las {time}."),
        "wrong_file": _("Ese archivo no es de esta asamblea o no se puede leer. Nada cambió."),
        "loaded": _("Se cargó el archivo."),
        "sure": _("¿Borrar todo lo que se anotó en este navegador?"),
        "sure_close": _("¿Clausurar? Después ya no se cambian la asistencia ni los conteos."),
        "social": _("Proyectos sociales priorizados"),
        "works": _("Obras priorizadas"),
        "reserve_list": _("Lista de reserva"),
        "none": _("Ninguna."),
        "votes": _("votos"),
    }


@cache
def _source(name: str) -> str:
    text = (FOLDER / name).read_text(encoding="utf-8")
    if "</" in text:
        raise ValueError(f"{name} would end its own element")
    return text


def offline_html(decision: Decision) -> str:
    """The whole file, in Spanish whatever the officer's language is."""
    with translation.override(settings.LANGUAGE_CODE):
        data = data_of(decision)
        candidates = sorted(candidates_of(decision), key=lambda c: c.tie_position)
        return render_to_string(
            "budgets/offline.html",
            {
                "decision": decision,
                "session": decision.session,
                "minimum": data["minimum_votes"],
                "by_tie": candidates,
                "page": f"{settings.SITE_URL}{page_of(decision)}archivos/",
                "data": json_script(data, "datos"),
                "styles": mark_safe(_source("offline.css")),
                "scripts": [mark_safe(_source(name)) for name in SCRIPTS],
            },
        )


def example_of(rule: str) -> dict:
    """The rule worked out once with invented numbers, for the paper kit: counted by the rule itself."""
    rows = [("A", 60_000, 20), ("B", 50_000, 15), ("C", 30_000, 12), ("D", 10_000, 12), ("E", 5_000, 1)]
    election = Election.of_votes(budget=100_000, items=rows)
    outcome = count(election, rule, minimum_votes=2, tie_order=["D", "C", "A", "B", "E"])
    place = {one: n for n, one in enumerate(outcome.order)}
    shown = [
        {"id": one, "cost": cost, "votes": votes, "code": outcome.reasons[one].code, "left": outcome.reasons[one].left}
        for one, cost, votes in sorted(rows, key=lambda row: place[row[0]])
    ]
    return {"budget": 100_000, "rows": shown, "left": outcome.budget - outcome.cost, "minimum": 2}


def canonical(content: dict) -> bytes:
    """One text for the same content, whatever spaces and order it was sent with."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
