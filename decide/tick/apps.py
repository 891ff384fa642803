from django.apps import AppConfig


class TickConfig(AppConfig):
    name = "decide.tick"
