"""The polls of the demo city: one open with live totals, one sealed until its close, one closed and answered, one
annulled, one announced and one that waits for a second officer.

Unlike the rest of the city they are not written as rows but voted: every ballot goes through the ballot box, at
pretended moments, so that their logs, heads and exports verify like any other poll's. Who chooses what comes from a
fixed seed; keys and nonces are random, as everywhere.
"""

import random
import uuid
from datetime import datetime, timedelta

from django.utils import timezone

from decide.accounts.models import Residence
from decide.answers.deadlines import end_of_day_after
from decide.answers.models import Milestone
from decide.comments.models import Comment, Thread
from decide.demo import pictures
from decide.notices.models import Notice
from decide.territory.models import Agency, Parish, Zone
from proposals.models import Proposal, StatusChange
from votes import clock, services
from votes.models import Option, Poll, Question

LIVE = {
    "title": "Domingos sin autos: ¿por dónde y hasta qué hora?",
    "summary": (
        "Cada domingo 29 km de calles se abren a pie y en bicicleta. Ahora se puede llevar el paseo hasta Quitumbe, "
        "o dejarlo como está y cuidar mejor cada cruce.\n\n"
        "- Llegar hasta Quitumbe cierra un carril más de la avenida Maldonado.\n"
        "- Cuidar los cruces paga a 40 personas más cada domingo."
    ),
    "decided_by_text": "Concejo Metropolitano, resolución 041-2026 (inventada para la demostración)",
    "effect": "recommendation",
    "level": "register",
    "agency": "epmmop",
    "opens": -5,
    "closes": 9,
    "questions": [
        {
            "text": "¿Qué prefiere para el paseo del domingo?",
            "method": "single",
            "options": [
                ("Que llegue hasta Quitumbe", "Diez kilómetros más, desde El Recreo."),
                ("Que siga como está, con más cuidado en los cruces", "Cuarenta personas más para ayudar a cruzar."),
                ("Que termine más temprano", "Hasta las 12:00, en lugar de las 14:00."),
            ],
            "weights": [11, 8, 3],
        },
        {
            "text": "¿Qué hace falta en el camino?",
            "help": "Puede marcar hasta dos.",
            "method": "approval",
            "max_choices": 2,
            "options": [("Agua para beber", ""), ("Baños", ""), ("Sombra y bancas", ""), ("Taller de bicicletas", "")],
            "weights": [9, 12, 6, 4],
        },
    ],
    "voters": 64,
    "blank": 0.06,
}
SEALED = {
    "title": "La Argelia decide: obras para sus escalinatas y canchas",
    "summary": (
        "La parroquia recibió USD 86.400 de un fondo de laderas, aparte del presupuesto participativo. Los cinco "
        "proyectos ya tienen el visto bueno técnico. "
        "Marque los que quiera, mientras alcance el dinero.\n\n"
        "El resultado obliga: se hacen los más votados que alcancen."
    ),
    "decided_by_text": "Asamblea parroquial de La Argelia, acta del 4 de octubre (inventada para la demostración)",
    "effect": "binding",
    "level": "desk",
    "running_totals": "at_close",
    "agency": "az-eloy-alfaro",
    "parishes": ["170116"],
    "opens": -3,
    "closes": 4,
    "questions": [
        {
            "text": "¿Qué obras se hacen este año en La Argelia?",
            "method": "budget",
            "amount": 86_400,
            "options": [
                ("Pasamanos en la escalinata Hualcopo", "Barandas a los dos lados y luz.", 31_200, "stairs"),
                ("Techo para la cancha de La Argelia Alta", "Para jugar cuando llueve.", 48_500, "court"),
                ("Vereda segura hasta la escuela", "Trescientos metros, con rampas.", 27_900, "street"),
                ("Juegos y sombra en el parque", "Doce árboles y juegos para todas las edades.", 19_300, "park"),
                ("Huerto comunal junto a la quebrada", "Cercas, agua y herramientas.", 12_600, "garden"),
            ],
            "weights": [9, 6, 11, 7, 5],
        }
    ],
    "voters": 27,
    "blank": 0.04,
}
CLOSED = {
    "title": "El nuevo parque de Calderón: ¿qué va primero?",
    "summary": (
        "El parque se construye en dos etapas. Lo que gane se hace en la primera, antes de junio. "
        "Lo demás viene en la segunda, al año siguiente."
    ),
    "decided_by_text": "Alcaldía Metropolitana, a pedido de 1.900 vecinos (inventado para la demostración)",
    "effect": "recommendation",
    "level": "register",
    "agency": "epmmop",
    "opens": -40,
    "closes": -19,
    "questions": [
        {
            "text": "¿Qué se construye en la primera etapa?",
            "method": "single",
            "options": [
                ("El bosque y los senderos", "Mil doscientos árboles nativos y tres senderos."),
                ("Las canchas", "Dos de fútbol, una de ecuavóley y camerinos."),
                ("La plaza para la feria", "Piso, sombra y agua para ochenta puestos."),
            ],
            "weights": [12, 9, 5],
        },
        {
            "text": "¿Se cierra el parque por la noche?",
            "method": "single",
            "options": [("Sí, de 21:00 a 5:00", ""), ("No, con más luz", "")],
            "weights": [5, 7],
        },
    ],
    "voters": 168,
    "blank": 0.05,
    "answer": {
        "outcome": "accepted",
        "days": 8,
        "body": (
            "Se hace lo que ganó. La primera etapa es **el bosque y los senderos**. El parque queda abierto de noche, "
            "con luz en los senderos.\n\nLa obra empieza en cuanto se firme el contrato. Aquí están sus fechas."
        ),
        "milestones": [
            ("Contrato firmado", -4, "done", "Se firmó con una empresa de la parroquia."),
            ("Siembra de los primeros 400 árboles", 35, "ongoing", ""),
            ("Senderos y luz", 120, "planned", ""),
        ],
    },
    "comments": [
        "Al fin se cuenta con quienes vivimos aquí. Yo comprobé mi voto con el papelito y está.",
        "Ganó el bosque, pero no olviden las canchas en la segunda etapa.",
        "> Está en el plan del próximo año, según la respuesta.",
    ],
}
ANNULLED = {
    "title": "Horario de la feria de Solanda",
    "summary": "La feria ocupa dos calles los miércoles. Se pregunta a qué hora debe recogerse.",
    "decided_by_text": "Administración Zonal Eloy Alfaro (inventado para la demostración)",
    "effect": "information",
    "level": "register",
    "agency": "az-eloy-alfaro",
    "parishes": ["170131"],
    "opens": -16,
    "closes": -6,
    "questions": [
        {
            "text": "¿Hasta qué hora debe estar la feria?",
            "method": "single",
            "options": [("Hasta las 14:00", ""), ("Hasta las 17:00", "")],
            "weights": [1, 1],
        }
    ],
    "voters": 14,
    "blank": 0,
    "annulled": (
        "La pregunta no decía que la opción de las 17:00 cierra también la calle J. Quien votó no tenía ese dato. "
        "Se volverá a preguntar con el plano completo."
    ),
}
FROM_A_PROPOSAL = {
    "proposal": "010",
    "title": "Composteras comunitarias en conjuntos y barrios",
    "summary": "La propuesta reunió sus apoyos. Antes de responder, el Municipio pregunta a toda la parroquia.",
    "decided_by_text": "Oficina de participación (inventado para la demostración)",
    "effect": "recommendation",
    "level": "register",
    "agency": "emaseo-ep",
    "parishes": ["170118"],
    "opens": -2,
    "closes": 12,
    "questions": [
        {
            "text": "¿Está de acuerdo con que se haga «Composteras comunitarias en conjuntos y barrios»?",
            "method": "single",
            "options": [("Sí", ""), ("No", "")],
            "weights": [4, 1],
        }
    ],
    "voters": 13,
    "blank": 0.05,
}
ANNOUNCED = {
    "title": "Buses de noche: ¿qué rutas primero?",
    "summary": "Hay dinero para tres rutas entre las 22:00 y las 5:00. Se eligen entre seis.",
    "decided_by_text": "Concejo Metropolitano, resolución 052-2026 (inventada para la demostración)",
    "effect": "recommendation",
    "level": "register",
    "agency": "epmmop",
    "opens": 6,
    "closes": 27,
    "questions": [
        {
            "text": "¿Qué rutas deben circular de noche?",
            "method": "approval",
            "max_choices": 3,
            "options": [
                ("Quitumbe – El Ejido", ""),
                ("Carapungo – La Y", ""),
                ("Tumbaco – La Marín", ""),
                ("La Argelia – La Marín", ""),
                ("Cotocollao – El Ejido", ""),
                ("Valle de Los Chillos – La Marín", ""),
            ],
        }
    ],
}
SUBMITTED = {
    "title": "Nombre de la nueva biblioteca de Turubamba",
    "summary": "La biblioteca se abre en marzo. Tres nombres salieron de las escuelas de la parroquia.",
    "decided_by_text": "Administración Zonal Quitumbe (inventado para la demostración)",
    "effect": "information",
    "level": "register",
    "agency": "az-quitumbe",
    "parishes": ["170132"],
    "opens": 10,
    "closes": 24,
    "status": "submitted",
    "questions": [
        {
            "text": "¿Cómo se llama la biblioteca?",
            "method": "single",
            "options": [("Nela Martínez", ""), ("Dolores Cacuango", ""), ("Jorge Carrera Andrade", "")],
        }
    ],
}


def write_polls(sketches, accounts, now: datetime) -> None:
    """All of them; the proposals, accounts and residents of the city must be there."""
    proposals = {each.id: each.proposal for each in sketches}
    for number, sketch in enumerate([CLOSED, ANNULLED, LIVE, SEALED, FROM_A_PROPOSAL, ANNOUNCED, SUBMITTED]):
        poll = _write(sketch, accounts, now)
        if sketch.get("voters"):
            _vote(poll, sketch, accounts, now, random.Random(f"poll {number}"))
        _finish(poll, sketch, accounts, now)
        _date_notices(poll)
        if "proposal" in sketch:
            _take_to_a_vote(proposals[sketch["proposal"]], poll)


def _date_notices(poll: Poll) -> None:
    """What followers were told, they were told at the time; the mails went out then."""
    poll.refresh_from_db()
    moments = {"opened": poll.opened_at, "closed": poll.closed_at, "annulled": poll.annulled_at}
    for event, at in moments.items():
        if at:
            sent = {"created": at, "mail": Notice.Mail.SENT, "mailed_at": at}
            Notice.objects.filter(key=f"poll-{event}:{poll.pk}").update(**sent)
            if event != "opened" or poll.status != Poll.Status.OPEN:
                Notice.objects.filter(key=f"poll-{event}:{poll.pk}").update(read_at=at + timedelta(hours=11))
    if poll.answer_id:
        Notice.objects.filter(key__startswith=f"answer:{poll.answer_id}:").delete()  # it was answered long ago


def _take_to_a_vote(proposal: Proposal, poll: Poll) -> None:
    proposal.poll, proposal.status = poll, Proposal.Status.VOTING
    proposal._history_date = poll.approved_at
    proposal.save()
    StatusChange.objects.create(proposal=proposal, status=proposal.status, at=poll.approved_at)


def _agency(slug: str) -> Agency:
    """The agency of that slug; where the territory knows none, that of the zone, or any of the city."""
    found = Agency.objects.filter(slug=slug).first()
    return found or Agency.objects.filter(municipal=True, active=True).order_by("pk").first()


def _day(now: datetime, days: int, hour: int) -> datetime:
    return timezone.localtime(now + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)


def _write(sketch: dict, accounts, now: datetime) -> Poll:
    status = sketch.get("status", "approved")
    opens, closes = _day(now, sketch["opens"], 8), _day(now, sketch["closes"], 18)
    poll = Poll(
        **{name: sketch[name] for name in ("title", "summary", "decided_by_text", "effect", "level")},
        running_totals=sketch.get("running_totals", "live"),
        answers_for=_agency(sketch["agency"]),
        opens_at=opens,
        closes_at=closes,
        status=status,
        written_by=accounts["zonal2" if status == "submitted" else "participacion"],
        created=min(opens, now) - timedelta(days=9),
        updated=min(opens, now) - timedelta(days=8),
        submitted_at=min(opens, now) - timedelta(days=8),
        thread=Thread.objects.create(public=status == "approved"),
    )
    if status == "approved":
        poll.approved_by, poll.approved_at = accounts["zonal"], min(opens, now) - timedelta(days=6)
    poll._history_date = poll.updated
    poll.save()
    poll.parishes.set(Parish.objects.filter(code__in=sketch.get("parishes", [])))
    poll.zones.set(Zone.objects.filter(slug__in=sketch.get("zones", [])))
    Thread.objects.filter(pk=poll.thread_id).update(path=poll.get_absolute_url())
    for position, asked in enumerate(sketch["questions"], 1):
        _ask(poll, position, asked)
    return poll


def _ask(poll: Poll, position: int, asked: dict) -> None:
    names = ("text", "help", "method", "max_choices", "amount")
    question = Question.objects.create(
        poll=poll, position=position, **{name: asked[name] for name in names if name in asked}
    )
    for place, (text, description, *rest) in enumerate(asked["options"], 1):
        option = Option(question=question, position=place, text=text, description=description)
        if rest:
            option.cost, kind = rest
            name = f"{uuid.uuid5(uuid.NAMESPACE_URL, f'opcion {text}').hex}.webp"
            option.image.save(name, pictures.draw_scene(kind, 700 + place, name), save=False)
            option.alt = f"Dibujo: {text}."
        option.save()


# --- voting ------------------------------------------------------------------------------------------------


def _vote(poll: Poll, sketch: dict, accounts, now: datetime, rng: random.Random) -> None:
    """Open it, let people vote until its close or until now, some change their mind, and sequence now and then."""
    with clock.pretend(poll.opens_at):
        poll = services.open_poll(poll=poll)
    people = _voters(poll, sketch, accounts, rng)
    asked = [(q, list(q.options.all())) for q in poll.questions.prefetch_related("options")]
    until = min(poll.closes_at, now) - timedelta(minutes=30)
    if "annulled" in sketch:
        until = poll.opens_at + timedelta(days=3)
    moments = sorted(poll.opens_at + (until - poll.opens_at) * rng.random() for _each in people)
    for n, (residence, moment) in enumerate(zip(people, moments, strict=True), 1):
        with clock.pretend(moment):
            _cast(poll, residence, asked, sketch, rng)
            if n % 17 == 0:  # somebody earlier thinks again
                _cast(poll, people[n // 2], asked, sketch, rng)
            if n % 12 == 0:
                services.sequence(poll=poll)


def _cast(poll, residence, asked, sketch, rng) -> None:
    choices = {
        str(question.key): _choose(question, options, spec["weights"], sketch["blank"], rng)
        for (question, options), spec in zip(asked, sketch["questions"], strict=True)
    }
    word = f"{rng.randrange(1_000_000):06}"
    services.cast_ballot(poll=poll, residence=residence, choices=choices, word=word)


def _choose(question, options, weights, blank, rng) -> list[str]:
    if rng.random() < blank:
        return []
    if question.method == Question.Method.SINGLE:
        return [str(rng.choices(options, weights)[0].key)]
    # In the order of their weights and of chance: as many as are allowed, or as the money lasts.
    wanted = sorted(options, key=lambda o: -weights[options.index(o)] * rng.random())
    if question.method == Question.Method.APPROVAL:
        return [str(option.key) for option in wanted[: rng.randint(1, question.max_choices)]]
    chosen, left = [], question.amount
    for option in wanted[: rng.randint(1, 4)]:
        if option.cost <= left:
            chosen.append(str(option.key))
            left -= option.cost
    return chosen


def _voters(poll: Poll, sketch: dict, accounts, rng) -> list[Residence]:
    """Residents without an account; those whom one can sign in as voted only in what is closed."""
    able = Residence.objects.filter(account=None).select_related("parish").order_by("pk")
    if sketch.get("parishes"):
        return rng.sample(list(able.filter(parish__code__in=sketch["parishes"])[:200]), sketch["voters"])
    homes = Parish.objects.order_by("-population_2010").values_list("pk", flat=True)[:14]
    people = []
    for n, home in enumerate(homes):
        # The first parishes have enough ballots to be shown, the last have few.
        wanted = max(2, round(sketch["voters"] * (0.16 if n < 2 else 0.11 if n < 5 else 0.04)))
        people += able.filter(parish=home)[:wanted]
    rng.shuffle(people)
    people = people[: sketch["voters"]]
    if sketch["closes"] < 0:
        people[:8] = [accounts[f"residente{n}"].residence for n in range(5, 13)]
    return people


# --- what came of it -----------------------------------------------------------------------------------------


def _finish(poll: Poll, sketch: dict, accounts, now: datetime) -> None:
    if "annulled" in sketch:
        moment = poll.opens_at + timedelta(days=3, hours=2)
        with clock.pretend(moment):
            services.annul_poll(poll=poll, officer=accounts["participacion"], reason=sketch["annulled"])
        Poll.objects.filter(pk=poll.pk).update(annulled_at=moment)
    elif sketch["closes"] < 0:
        with clock.pretend(poll.closes_at + timedelta(seconds=40)):
            poll = services.close_poll(poll=poll)
        _answer(poll, sketch, accounts, now)
    _discuss(poll, sketch.get("comments", []), accounts)


def _answer(poll: Poll, sketch: dict, accounts, now: datetime) -> None:
    facts, answer = sketch["answer"], Poll.objects.get(pk=poll.pk).answer
    answer.asked_at = answer.assigned_at = poll.closed_at
    answer.assign_due, answer.due = end_of_day_after(poll.closed_at, 3), end_of_day_after(poll.closed_at, 30)
    answer.answered_at = poll.closed_at + timedelta(days=facts["days"])
    answer.outcome, answer.body, answer.answered_by = facts["outcome"], facts["body"], accounts["dependencia"]
    answer._history_date = answer.answered_at
    answer.save()
    for title, days, state, note in facts["milestones"]:
        planned = timezone.localdate(now) + timedelta(days=days)
        done = state == "done"
        milestone = Milestone(
            answer=answer,
            title=title,
            planned=planned,
            first_planned=planned,
            state=state,
            note=note,
            done_on=planned if done else None,
            updated=now - timedelta(days=4) if state != "planned" else answer.answered_at,
        )
        milestone._history_date = milestone.updated
        milestone.save()


def _discuss(poll: Poll, texts: list[str], accounts) -> None:
    neighbours = [accounts[f"vecino{n}"] for n in range(1, len(texts) + 1)]
    root = None
    for n, (text, author) in enumerate(zip(texts, neighbours, strict=True)):
        reply = text.startswith("> ")
        at = poll.closes_at + timedelta(days=9, hours=n)
        comment = Comment(
            thread=poll.thread,
            parent=root if reply else None,
            answers_to=root if reply else None,
            author=author,
            body=text.removeprefix("> "),
            created=at,
        )
        comment._history_date, comment._history_user = at, author
        comment.save()
        root = root if reply else comment
    if texts:
        Thread.objects.filter(pk=poll.thread_id).update(comments=len(texts), version=len(texts))
