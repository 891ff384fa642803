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
    ]

    operations = [
        Together(
            [
                migrations.CreateModel(
                    name='HistoricalModerationCase',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('proposal', 'Propuesta'), ('comment', 'Comentario'), ('photo', 'Foto'), ('document', 'Documento'), ('account', 'Cuenta')], max_length=20, verbose_name='qué es')),
                        ('path', models.CharField(blank=True, max_length=300, verbose_name='página')),
                        ('state', models.CharField(choices=[('waiting', 'Por revisar'), ('pending', 'Imagen por revisar, aún no se muestra'), ('kept', 'Se mantiene'), ('hidden', 'Oculto'), ('gone', 'Ya no existe')], default='waiting', max_length=10, verbose_name='estado')),
                        ('opened_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='abierto')),
                        ('due', models.DateTimeField(blank=True, null=True, verbose_name='plazo')),
                        ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decidido')),
                        ('reason', models.CharField(blank=True, choices=[('insult', 'Insulta o amenaza'), ('hate', 'Discrimina o incita al odio'), ('personal_data', 'Muestra datos personales de alguien'), ('spam', 'Es publicidad o se repite'), ('false_identity', 'Se hace pasar por otra persona'), ('illegal', 'Es ilegal o incita a un delito'), ('off_topic', 'No tiene que ver con el tema'), ('other', 'Otra razón')], max_length=20, verbose_name='razón')),
                        ('reason_text', models.TextField(blank=True, verbose_name='explicación para el autor')),
                        ('version', models.PositiveIntegerField(default=0)),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.CharField(max_length=100, null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('author', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='autor')),
                        ('decided_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='por')),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'historical caso',
                        'verbose_name_plural': 'historical casos',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='ModerationCase',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('proposal', 'Propuesta'), ('comment', 'Comentario'), ('photo', 'Foto'), ('document', 'Documento'), ('account', 'Cuenta')], max_length=20, verbose_name='qué es')),
                        ('path', models.CharField(blank=True, max_length=300, verbose_name='página')),
                        ('state', models.CharField(choices=[('waiting', 'Por revisar'), ('pending', 'Imagen por revisar, aún no se muestra'), ('kept', 'Se mantiene'), ('hidden', 'Oculto'), ('gone', 'Ya no existe')], default='waiting', max_length=10, verbose_name='estado')),
                        ('opened_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='abierto')),
                        ('due', models.DateTimeField(blank=True, null=True, verbose_name='plazo')),
                        ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decidido')),
                        ('reason', models.CharField(blank=True, choices=[('insult', 'Insulta o amenaza'), ('hate', 'Discrimina o incita al odio'), ('personal_data', 'Muestra datos personales de alguien'), ('spam', 'Es publicidad o se repite'), ('false_identity', 'Se hace pasar por otra persona'), ('illegal', 'Es ilegal o incita a un delito'), ('off_topic', 'No tiene que ver con el tema'), ('other', 'Otra razón')], max_length=20, verbose_name='razón')),
                        ('reason_text', models.TextField(blank=True, verbose_name='explicación para el autor')),
                        ('excerpt', models.TextField(blank=True, max_length=4000, verbose_name='qué decía')),
                        ('pending_edit', models.JSONField(blank=True, null=True, verbose_name='cambio por revisar')),
                        ('version', models.PositiveIntegerField(default=0)),
                        ('search_text', models.TextField(blank=True, editable=False)),
                        ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='moderation_cases', to=settings.AUTH_USER_MODEL, verbose_name='autor')),
                        ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='por')),
                    ],
                    options={
                        'verbose_name': 'caso',
                        'verbose_name_plural': 'casos',
                        'indexes': [models.Index(condition=models.Q(('due__isnull', False)), fields=['due', 'id'], name='moderation_queue'), models.Index(fields=['author', 'state'], name='cases_of_a_person')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['waiting', 'pending']), _negated=True), ('due__isnull', False), _connector='OR'), name='what_waits_has_a_deadline'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['kept', 'hidden']), _negated=True), ('decided_at__isnull', False), _connector='OR'), name='what_was_decided_has_its_date'), models.CheckConstraint(condition=models.Q(('pending_edit__isnull', True), ('due__isnull', False), _connector='OR'), name='an_edit_that_waits_has_a_deadline')],
                    },
                ),
                migrations.CreateModel(
                    name='Decision',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('case_version', models.PositiveIntegerField(blank=True, editable=False, null=True)),
                        ('kind', models.CharField(choices=[('proposal', 'Propuesta'), ('comment', 'Comentario'), ('photo', 'Foto'), ('document', 'Documento'), ('account', 'Cuenta')], max_length=20, verbose_name='qué es')),
                        ('action', models.CharField(choices=[('keep', 'Se mantiene'), ('hide', 'Se oculta'), ('restore', 'Vuelve a mostrarse'), ('approve_edit', 'Se acepta el cambio'), ('reject_edit', 'No se acepta el cambio'), ('warning', 'Advertencia'), ('suspend7', 'Suspensión de 7 días'), ('suspend30', 'Suspensión de 30 días'), ('close', 'Cierre de la cuenta'), ('uphold', 'Se confirma lo decidido'), ('lift', 'Se levanta la sanción')], max_length=20, verbose_name='decisión')),
                        ('reason', models.CharField(blank=True, choices=[('insult', 'Insulta o amenaza'), ('hate', 'Discrimina o incita al odio'), ('personal_data', 'Muestra datos personales de alguien'), ('spam', 'Es publicidad o se repite'), ('false_identity', 'Se hace pasar por otra persona'), ('illegal', 'Es ilegal o incita a un delito'), ('off_topic', 'No tiene que ver con el tema'), ('other', 'Otra razón')], max_length=20, verbose_name='razón')),
                        ('reason_text', models.TextField(blank=True, verbose_name='explicación para el autor')),
                        ('excerpt', models.TextField(blank=True, verbose_name='qué decía')),
                        ('opened_at', models.DateTimeField(verbose_name='desde')),
                        ('due', models.DateTimeField(verbose_name='plazo')),
                        ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='decidido')),
                        ('on_appeal', models.BooleanField(default=False, verbose_name='en apelación')),
                        ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='por')),
                        ('subject', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='moderation_decisions', to=settings.AUTH_USER_MODEL, verbose_name='a quién')),
                        ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='moderation.moderationcase')),
                    ],
                    options={
                        'verbose_name': 'decisión',
                        'verbose_name_plural': 'decisiones',
                        'ordering': ['-at', '-pk'],
                        'indexes': [models.Index(fields=['-at', '-id'], name='moderation_log')],
                        'constraints': [models.UniqueConstraint(fields=('case', 'case_version'), name='one_decision_on_what_was_seen'), models.CheckConstraint(condition=models.Q(models.Q(('action__in', ['hide', 'reject_edit', 'warning', 'suspend7', 'suspend30', 'close']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='a_decision_against_somebody_has_a_reason')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalSanction',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('warning', 'Advertencia'), ('suspend7', 'Suspensión de 7 días'), ('suspend30', 'Suspensión de 30 días'), ('close', 'Cierre de la cuenta')], max_length=10, verbose_name='sanción')),
                        ('reason', models.CharField(choices=[('insult', 'Insulta o amenaza'), ('hate', 'Discrimina o incita al odio'), ('personal_data', 'Muestra datos personales de alguien'), ('spam', 'Es publicidad o se repite'), ('false_identity', 'Se hace pasar por otra persona'), ('illegal', 'Es ilegal o incita a un delito'), ('off_topic', 'No tiene que ver con el tema'), ('other', 'Otra razón')], max_length=20, verbose_name='razón')),
                        ('reason_text', models.TextField(verbose_name='explicación para la persona')),
                        ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='desde')),
                        ('due', models.DateTimeField(blank=True, null=True, verbose_name='plazo para confirmar')),
                        ('until', models.DateTimeField(blank=True, null=True, verbose_name='hasta')),
                        ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmado')),
                        ('dropped_at', models.DateTimeField(blank=True, null=True, verbose_name='descartado')),
                        ('lifted_at', models.DateTimeField(blank=True, null=True, verbose_name='levantada')),
                        ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='terminada')),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.CharField(max_length=100, null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='por')),
                        ('confirmed_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='confirmado por')),
                        ('decision', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='moderation.decision')),
                        ('dropped_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='descartado por')),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('user', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='a quién')),
                        ('case', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='moderation.moderationcase')),
                    ],
                    options={
                        'verbose_name': 'historical sanción',
                        'verbose_name_plural': 'historical sanciones',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Report',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('reason', models.CharField(choices=[('insult', 'Insulta o amenaza'), ('hate', 'Discrimina o incita al odio'), ('personal_data', 'Muestra datos personales de alguien'), ('spam', 'Es publicidad o se repite'), ('false_identity', 'Se hace pasar por otra persona'), ('illegal', 'Es ilegal o incita a un delito'), ('off_topic', 'No tiene que ver con el tema'), ('other', 'Otra razón')], max_length=20, verbose_name='razón')),
                        ('note', models.TextField(blank=True, verbose_name='qué pasa')),
                        ('created', models.DateTimeField(default=django.utils.timezone.now, verbose_name='reportado')),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='moderation.moderationcase')),
                        ('decision', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reports', to='moderation.decision')),
                        ('reporter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='moderation_reports', to=settings.AUTH_USER_MODEL, verbose_name='quién reporta')),
                    ],
                    options={
                        'verbose_name': 'reporte',
                        'verbose_name_plural': 'reportes',
                        'ordering': ['created', 'pk'],
                        'constraints': [models.UniqueConstraint(fields=('case', 'reporter'), name='one_report_per_person_and_thing')],
                    },
                ),
                migrations.CreateModel(
                    name='Sanction',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('once_key', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                        ('kind', models.CharField(choices=[('warning', 'Advertencia'), ('suspend7', 'Suspensión de 7 días'), ('suspend30', 'Suspensión de 30 días'), ('close', 'Cierre de la cuenta')], max_length=10, verbose_name='sanción')),
                        ('reason', models.CharField(choices=[('insult', 'Insulta o amenaza'), ('hate', 'Discrimina o incita al odio'), ('personal_data', 'Muestra datos personales de alguien'), ('spam', 'Es publicidad o se repite'), ('false_identity', 'Se hace pasar por otra persona'), ('illegal', 'Es ilegal o incita a un delito'), ('off_topic', 'No tiene que ver con el tema'), ('other', 'Otra razón')], max_length=20, verbose_name='razón')),
                        ('reason_text', models.TextField(verbose_name='explicación para la persona')),
                        ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='desde')),
                        ('due', models.DateTimeField(blank=True, null=True, verbose_name='plazo para confirmar')),
                        ('until', models.DateTimeField(blank=True, null=True, verbose_name='hasta')),
                        ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmado')),
                        ('dropped_at', models.DateTimeField(blank=True, null=True, verbose_name='descartado')),
                        ('lifted_at', models.DateTimeField(blank=True, null=True, verbose_name='levantada')),
                        ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='terminada')),
                        ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='por')),
                        ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sanctions', to='moderation.moderationcase')),
                        ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='confirmado por')),
                        ('decision', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sanction', to='moderation.decision')),
                        ('dropped_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='descartado por')),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sanctions', to=settings.AUTH_USER_MODEL, verbose_name='a quién')),
                    ],
                    options={
                        'verbose_name': 'sanción',
                        'verbose_name_plural': 'sanciones',
                        'ordering': ['-at', '-pk'],
                        'indexes': [models.Index(condition=models.Q(('ended_at', None), ('lifted_at', None), ('until__isnull', False)), fields=['until'], name='suspensions_to_end')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('confirmed_at', None), ('dropped_at', None), ('kind', 'close')), fields=('user',), name='one_closing_waits_per_account'), models.CheckConstraint(condition=models.Q(('confirmed_by', None), ('by', None), models.Q(('confirmed_by', models.F('by')), _negated=True), _connector='OR'), name='two_people_close_an_account'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['suspend7', 'suspend30']), _negated=True), ('until__isnull', False), _connector='OR'), name='a_suspension_ends')],
                    },
                ),
                migrations.CreateModel(
                    name='Appeal',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('text', models.TextField(verbose_name='por qué')),
                        ('created', models.DateTimeField(default=django.utils.timezone.now, verbose_name='presentada')),
                        ('due', models.DateTimeField(verbose_name='plazo')),
                        ('outcome', models.CharField(blank=True, choices=[('upheld', 'Se confirma lo decidido'), ('overturned', 'Se revoca lo decidido')], max_length=10, verbose_name='resultado')),
                        ('reason_text', models.TextField(blank=True, verbose_name='explicación')),
                        ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decidida')),
                        ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='moderation_appeals', to=settings.AUTH_USER_MODEL, verbose_name='quién apela')),
                        ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='por')),
                        ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='appeal', to='moderation.decision')),
                    ],
                    options={
                        'verbose_name': 'apelación',
                        'verbose_name_plural': 'apelaciones',
                        'indexes': [models.Index(condition=models.Q(('decided_at', None)), fields=['due', 'id'], name='appeals_in_queue')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('outcome', '')), models.Q(('decided_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='an_appeal_decided_has_its_outcome')],
                    },
                ),
            ]
        ),
    ]
