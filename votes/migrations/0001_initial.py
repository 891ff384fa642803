import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from decide.migrating import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('accounts', '__first__'),
        ('territory', '0001_initial'),
    ]

    operations = [
        Together(
            [
                migrations.CreateModel(
                    name='SupportBox',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('threshold', models.PositiveIntegerField(verbose_name='umbral')),
                        ('supports', models.PositiveIntegerField(default=0, verbose_name='apoyos')),
                        ('counted', models.PositiveIntegerField(default=0, verbose_name='apoyos que cuentan')),
                        ('open', models.BooleanField(default=True, verbose_name='abierta')),
                        ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='cerrada')),
                        ('version', models.BigIntegerField(default=0)),
                        ('scope', models.ForeignKey(blank=True, help_text='Vacío: todo el Distrito.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.parish')),
                    ],
                    options={
                        'verbose_name': 'apoyos',
                        'verbose_name_plural': 'apoyos',
                        'constraints': [models.CheckConstraint(condition=models.Q(('counted__lte', models.F('supports'))), name='counted_are_supports')],
                    },
                ),
                migrations.CreateModel(
                    name='Support',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('counted', models.BooleanField(help_text='Vivía en el ámbito al apoyar.')),
                        ('created', models.DateTimeField(default=django.utils.timezone.now)),
                        ('by_desk', models.BooleanField(default=False, verbose_name='por ventanilla')),
                        ('code', models.CharField(blank=True, max_length=16, null=True, unique=True)),
                        ('desk_officer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('residence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='supports', to='accounts.residence')),
                        ('box', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='all_supports', to='votes.supportbox')),
                    ],
                    options={
                        'verbose_name': 'apoyo',
                        'verbose_name_plural': 'apoyos',
                        'constraints': [models.UniqueConstraint(fields=('box', 'residence'), name='one_support_per_residence')],
                    },
                ),
                migrations.CreateModel(
                    name='Intention',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created', models.DateTimeField(default=django.utils.timezone.now)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='intentions', to=settings.AUTH_USER_MODEL)),
                        ('box', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='intentions', to='votes.supportbox')),
                    ],
                    options={
                        'verbose_name': 'intención de apoyo',
                        'verbose_name_plural': 'intenciones de apoyo',
                        'constraints': [models.UniqueConstraint(fields=('box', 'user'), name='one_intention_per_account')],
                    },
                ),
            ]
        ),
    ]
