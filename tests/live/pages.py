"""A page with everything that live.js knows, for the browser tests: it extends the real base.html."""

from django.template import engines
from django.urls import include, path

from decide.live import hubs
from tests.live import table
from votes.models import SupportBox

PAGE = """{% extends "base.html" %}{% block title %}Prueba{% endblock %}{% block content %}
<h1>Prueba</h1>
<p><strong id="supports" data-live="support:{{ box.pk|unlocalize }}" data-live-field="supports"
   data-live-say="{} apoyos">{{ box.supports }}</strong></p>
<progress id="counted" data-live="support:{{ box.pk|unlocalize }}" data-live-field="counted" max="25"
   value="{{ box.counted }}" aria-label="Apoyos">0</progress>
<p id="changed" hidden data-live="support:{{ box.pk|unlocalize }}" data-live-field="threshold"
   data-live-unless="25">El umbral cambió.</p>
<p><label>Comentario <textarea id="typing"></textarea></label></p>
<section><ol id="thread" data-live-thread="talk:1" data-live-count="{{ talk.count }}">
{% for comment in talk.comments %}<li id="comentario-{{ comment }}">{{ comment }}
<ol id="respuestas-{{ comment }}"></ol></li>{% endfor %}
</ol></section>{% endblock %}"""

talk = {"count": 0, "comments": [], "latest": None, "version": 0}


def read_talk(ids):
    return {1: (talk["version"], {"count": talk["count"], "latest": talk["latest"]})}


def say(number, into=""):
    """A new comment, as the room of comments announces it."""
    attribute = f' data-live-into="respuestas-{into}"' if into else ""
    talk["count"] += 1
    talk["version"] += 1
    talk["comments"].append(number)
    talk["latest"] = {"id": number, "html": f'<li id="comentario-{number}"{attribute}>Comentario {number}</li>'}
    hubs.tell(["talk:1"])


def page(request):
    from django.http import HttpResponse

    box = SupportBox.objects.get(pk=request.GET["box"])
    html = engines["django"].from_string(PAGE).render({"box": box, "talk": talk}, request)
    return HttpResponse(html)


TOPICS = table.TOPICS | {"talk": read_talk}
urlpatterns = [path("prueba/", page), path("", include("decide.urls"))]
