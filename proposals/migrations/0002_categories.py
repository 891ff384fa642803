"""The subjects that a proposal can have from the first day; the administration may change them."""

from django.db import migrations
from django.utils.text import slugify

NAMES = [
    "Ambiente",
    "Bienestar animal",
    "Cultura y patrimonio",
    "Deporte y recreación",
    "Economía y emprendimiento",
    "Educación",
    "Espacio público",
    "Gobierno abierto y datos",
    "Inclusión",
    "Movilidad",
    "Salud",
    "Seguridad y convivencia",
]


def add(apps, schema_editor):
    Category = apps.get_model("proposals", "Category")
    Category.objects.bulk_create([Category(slug=slugify(n), name=n) for n in NAMES], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("proposals", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
