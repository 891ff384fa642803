from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("proposals", "0002_categories")]

    operations = [
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(fields=["-published_at", "-id"], name="proposals_by_date"),
        ),
    ]
