import decide.images
import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from decide.migrating import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('territory', '0001_initial'),
    ]

    operations = [
        Together(
            [
                migrations.CreateModel(
                    name='Answer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(default='proposal', help_text='Qué se pregunta.', max_length=20)),
                        ('subject', models.CharField(max_length=200, verbose_name='asunto')),
                        ('path', models.CharField(max_length=300, verbose_name='página')),
                        ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='solicitada')),
                        ('assign_due', models.DateTimeField(verbose_name='plazo para asignar')),
                        ('due', models.DateTimeField(verbose_name='plazo para responder')),
                        ('assigned_at', models.DateTimeField(blank=True, null=True, verbose_name='asignada')),
                        ('passed_at', models.DateTimeField(blank=True, null=True, verbose_name='pasada')),
                        ('pass_reason', models.TextField(blank=True, verbose_name='por qué la pasó')),
                        ('extended_at', models.DateTimeField(blank=True, null=True, verbose_name='prorrogada')),
                        ('extension_reason', models.TextField(blank=True, verbose_name='por qué se prorrogó')),
                        ('outcome', models.CharField(blank=True, choices=[('accepted', 'Aceptada'), ('partial', 'Aceptada en parte'), ('rejected', 'No aceptada'), ('elsewhere', 'Corresponde a otra institución')], max_length=12, verbose_name='resultado')),
                        ('body', models.TextField(blank=True, verbose_name='respuesta')),
                        ('institution', models.CharField(blank=True, max_length=200, verbose_name='institución a la que dirigirse')),
                        ('institution_contact', models.CharField(blank=True, max_length=200, verbose_name='cómo dirigirse a ella')),
                        ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='respondida')),
                        ('corrected_at', models.DateTimeField(blank=True, null=True, verbose_name='corregida')),
                        ('correction_reason', models.TextField(blank=True, verbose_name='por qué se corrigió')),
                        ('search_text', models.CharField(blank=True, editable=False, max_length=200)),
                        ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='territory.agency', verbose_name='dependencia')),
                        ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='por')),
                        ('parish', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.parish')),
                        ('passed_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.agency', verbose_name='la pasó')),
                    ],
                    options={
                        'verbose_name': 'respuesta',
                        'verbose_name_plural': 'respuestas',
                        'indexes': [models.Index(fields=['answered_at', 'due'], name='answers_by_deadline'), models.Index(fields=['agency', 'answered_at', 'due'], name='answers_of_an_agency')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('outcome', '')), models.Q(('answered_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='an_answer_has_an_outcome'), models.CheckConstraint(condition=models.Q(('answered_at', None), ('agency__isnull', False), _connector='OR'), name='an_answer_comes_from_an_agency'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'elsewhere'), _negated=True), models.Q(models.Q(('institution', ''), _negated=True), models.Q(('institution_contact', ''), _negated=True)), _connector='OR'), name='elsewhere_says_whom_to_ask')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalAnswer',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('kind', models.CharField(default='proposal', help_text='Qué se pregunta.', max_length=20)),
                        ('subject', models.CharField(max_length=200, verbose_name='asunto')),
                        ('path', models.CharField(max_length=300, verbose_name='página')),
                        ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='solicitada')),
                        ('assign_due', models.DateTimeField(verbose_name='plazo para asignar')),
                        ('due', models.DateTimeField(verbose_name='plazo para responder')),
                        ('assigned_at', models.DateTimeField(blank=True, null=True, verbose_name='asignada')),
                        ('passed_at', models.DateTimeField(blank=True, null=True, verbose_name='pasada')),
                        ('pass_reason', models.TextField(blank=True, verbose_name='por qué la pasó')),
                        ('extended_at', models.DateTimeField(blank=True, null=True, verbose_name='prorrogada')),
                        ('extension_reason', models.TextField(blank=True, verbose_name='por qué se prorrogó')),
                        ('outcome', models.CharField(blank=True, choices=[('accepted', 'Aceptada'), ('partial', 'Aceptada en parte'), ('rejected', 'No aceptada'), ('elsewhere', 'Corresponde a otra institución')], max_length=12, verbose_name='resultado')),
                        ('body', models.TextField(blank=True, verbose_name='respuesta')),
                        ('institution', models.CharField(blank=True, max_length=200, verbose_name='institución a la que dirigirse')),
                        ('institution_contact', models.CharField(blank=True, max_length=200, verbose_name='cómo dirigirse a ella')),
                        ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='respondida')),
                        ('corrected_at', models.DateTimeField(blank=True, null=True, verbose_name='corregida')),
                        ('correction_reason', models.TextField(blank=True, verbose_name='por qué se corrigió')),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.CharField(max_length=100, null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('agency', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territory.agency', verbose_name='dependencia')),
                        ('answered_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='por')),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('parish', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territory.parish')),
                        ('passed_from', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territory.agency', verbose_name='la pasó')),
                    ],
                    options={
                        'verbose_name': 'historical respuesta',
                        'verbose_name_plural': 'historical respuestas',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='HistoricalMilestone',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('title', models.CharField(max_length=160, verbose_name='hito')),
                        ('description', models.TextField(blank=True, verbose_name='detalle')),
                        ('planned', models.DateField(verbose_name='fecha prevista')),
                        ('first_planned', models.DateField(editable=False, null=True, verbose_name='fecha prometida al inicio')),
                        ('done_on', models.DateField(blank=True, null=True, verbose_name='fecha de cumplimiento')),
                        ('state', models.CharField(choices=[('planned', 'Previsto'), ('ongoing', 'En marcha'), ('done', 'Cumplido'), ('cancelled', 'Cancelado')], default='planned', max_length=10, verbose_name='estado')),
                        ('note', models.TextField(blank=True, verbose_name='qué pasó')),
                        ('updated', models.DateTimeField(default=django.utils.timezone.now, verbose_name='actualizado')),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.CharField(max_length=100, null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('answer', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='answers.answer')),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'historical hito',
                        'verbose_name_plural': 'historical hitos',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Milestone',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('once_key', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                        ('title', models.CharField(max_length=160, verbose_name='hito')),
                        ('description', models.TextField(blank=True, verbose_name='detalle')),
                        ('planned', models.DateField(verbose_name='fecha prevista')),
                        ('first_planned', models.DateField(editable=False, null=True, verbose_name='fecha prometida al inicio')),
                        ('done_on', models.DateField(blank=True, null=True, verbose_name='fecha de cumplimiento')),
                        ('state', models.CharField(choices=[('planned', 'Previsto'), ('ongoing', 'En marcha'), ('done', 'Cumplido'), ('cancelled', 'Cancelado')], default='planned', max_length=10, verbose_name='estado')),
                        ('note', models.TextField(blank=True, verbose_name='qué pasó')),
                        ('updated', models.DateTimeField(default=django.utils.timezone.now, verbose_name='actualizado')),
                        ('answer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='answers.answer')),
                    ],
                    options={
                        'verbose_name': 'hito',
                        'verbose_name_plural': 'hitos',
                        'ordering': ['planned', 'pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('done_on__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('done_on', None)), _connector='OR'), name='a_milestone_done_has_its_day')],
                    },
                ),
                migrations.CreateModel(
                    name='MilestonePhoto',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('once_key', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                        ('image', decide.images.PhotoField(height_field='height', upload_to='respuestas/', verbose_name='foto', width_field='width')),
                        ('width', models.PositiveIntegerField(editable=False)),
                        ('height', models.PositiveIntegerField(editable=False)),
                        ('alt', models.CharField(max_length=200, verbose_name='qué se ve')),
                        ('milestone', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='answers.milestone')),
                    ],
                    options={
                        'verbose_name': 'foto de un hito',
                        'verbose_name_plural': 'fotos de los hitos',
                        'ordering': ['pk'],
                    },
                ),
            ]
        ),
    ]
