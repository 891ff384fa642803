import decide.images
import django.db.models.constraints
import django.db.models.deletion
import django.utils.timezone
import simple_history.models
import uuid
from django.conf import settings
from django.db import migrations, models

from decide.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_initial'),
        ('accounts', '__first__'),
        ('answers', '0001_initial'),
        ('comments', '0001_initial'),
        ('territory', '0001_initial'),
        ('votes', '0001_initial'),
    ]

    operations = [
        Together(
            [
                migrations.CreateModel(
                    name='Poll',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('once_key', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                        ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('title', models.CharField(max_length=160, verbose_name='título')),
                        ('slug', models.SlugField(editable=False, max_length=80, verbose_name='dirección')),
                        ('summary', models.TextField(verbose_name='por qué se vota')),
                        ('decided_by_text', models.CharField(max_length=300, verbose_name='quién decidió que se vote')),
                        ('effect', models.CharField(choices=[('binding', 'El resultado obliga'), ('recommendation', 'El resultado recomienda'), ('information', 'El resultado informa')], max_length=15, verbose_name='efecto')),
                        ('opens_at', models.DateTimeField(verbose_name='se abre')),
                        ('closes_at', models.DateTimeField(verbose_name='se cierra')),
                        ('level', models.CharField(choices=[('register', 'por el registro'), ('desk', 'en ventanilla')], max_length=10, verbose_name='verificación')),
                        ('running_totals', models.CharField(choices=[('live', 'Se ven mientras se vota'), ('at_close', 'Se ven al cierre')], default='live', max_length=10, verbose_name='totales')),
                        ('status', models.CharField(choices=[('draft', 'Borrador'), ('submitted', 'Por aprobar'), ('approved', 'Anunciada'), ('open', 'Abierta'), ('closed', 'Cerrada'), ('annulled', 'Anulada')], default='draft', max_length=10, verbose_name='estado')),
                        ('created', models.DateTimeField(default=django.utils.timezone.now, verbose_name='creada')),
                        ('updated', models.DateTimeField(default=django.utils.timezone.now, verbose_name='actualizada')),
                        ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='enviada')),
                        ('approved_at', models.DateTimeField(blank=True, null=True, verbose_name='aprobada')),
                        ('rules_json', models.TextField(blank=True, editable=False)),
                        ('rules_hash', models.CharField(blank=True, editable=False, max_length=64)),
                        ('opened_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='abierta')),
                        ('closed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='cerrada')),
                        ('turnout', models.PositiveIntegerField(default=0, editable=False, verbose_name='votantes')),
                        ('eligible', models.PositiveIntegerField(editable=False, null=True, verbose_name='población del ámbito')),
                        ('verified', models.PositiveIntegerField(editable=False, null=True, verbose_name='personas verificadas que podían votar')),
                        ('totals', models.JSONField(blank=True, editable=False, null=True)),
                        ('version', models.BigIntegerField(default=0, editable=False)),
                        ('annulled_at', models.DateTimeField(blank=True, null=True, verbose_name='anulada')),
                        ('annul_reason', models.TextField(blank=True, verbose_name='por qué se anuló')),
                        ('annulled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='anulada por')),
                        ('answer', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='poll', to='answers.answer')),
                        ('answers_for', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='polls', to='territory.agency', verbose_name='dependencia que responde')),
                        ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='aprobada por')),
                        ('parishes', models.ManyToManyField(blank=True, related_name='+', to='territory.parish', verbose_name='parroquias')),
                        ('thread', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='poll', to='comments.thread')),
                        ('written_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='escrita por')),
                        ('zones', models.ManyToManyField(blank=True, related_name='+', to='territory.zone', verbose_name='zonas')),
                        ('return_reason', models.TextField(blank=True, verbose_name='por qué se devolvió')),
                        ('search_text', models.TextField(blank=True, editable=False)),
                    ],
                    options={
                        'verbose_name': 'votación',
                        'verbose_name_plural': 'votaciones',
                        'indexes': [models.Index(fields=['status', 'opens_at'], name='polls_to_open'), models.Index(fields=['status', 'closes_at'], name='polls_to_close')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at'))), name='poll_closes_after_it_opens'), models.CheckConstraint(condition=models.Q(('approved_by', None), ('written_by', None), models.Q(('approved_by', models.F('written_by')), _negated=True), _connector='OR'), name='poll_is_approved_by_another'), models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'submitted', 'annulled']), ('approved_at__isnull', False), _connector='OR'), name='poll_is_approved_before_it_opens'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['open', 'closed']), _negated=True), models.Q(('opened_at__isnull', False), models.Q(('rules_json', ''), _negated=True), models.Q(('rules_hash', ''), _negated=True)), _connector='OR'), name='open_poll_has_frozen_rules'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('status', 'closed')), models.Q(models.Q(('status', 'closed'), _negated=True), ('closed_at', None)), _connector='OR'), name='closed_poll_has_its_moment'), models.CheckConstraint(condition=models.Q(models.Q(('annulled_at__isnull', False), ('status', 'annulled'), models.Q(('annul_reason', ''), _negated=True)), models.Q(models.Q(('status', 'annulled'), _negated=True), ('annulled_at', None)), _connector='OR'), name='annulled_poll_says_why')],
                    },
                ),
                migrations.CreateModel(
                    name='Participation',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('poll', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participations', to='votes.poll')),
                        ('residence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participations', to='accounts.residence')),
                    ],
                    options={
                        'verbose_name': 'participación',
                        'verbose_name_plural': 'participaciones',
                        'constraints': [models.UniqueConstraint(fields=('poll', 'residence'), name='one_participation_per_residence')],
                    },
                ),
                migrations.CreateModel(
                    name='BallotBox',
                    fields=[
                        ('poll', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='box', serialize=False, to='votes.poll')),
                        ('size', models.PositiveBigIntegerField(default=0)),
                        ('peaks', models.JSONField(default=list)),
                        ('halted_at', models.DateTimeField(blank=True, null=True)),
                        ('lost_head', models.TextField(blank=True)),
                        ('swept', models.BooleanField(default=True)),
                    ],
                    options={
                        'verbose_name': 'urna',
                        'verbose_name_plural': 'urnas',
                    },
                ),
                migrations.CreateModel(
                    name='DailyTurnout',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField(verbose_name='día')),
                        ('voters', models.PositiveIntegerField(default=0, verbose_name='votantes')),
                        ('poll', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='days', to='votes.poll')),
                    ],
                    options={
                        'verbose_name': 'participación diaria',
                        'verbose_name_plural': 'participación diaria',
                        'ordering': ['day'],
                        'constraints': [models.UniqueConstraint(fields=('poll', 'day'), name='one_turnout_per_day')],
                    },
                ),
                migrations.CreateModel(
                    name='ForkDeclaration',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('lost_head', models.TextField(verbose_name='cabeza perdida')),
                        ('lost_hash', models.CharField(max_length=64)),
                        ('reason', models.TextField(verbose_name='por qué')),
                        ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='cuándo')),
                        ('done', models.BooleanField(default=False, verbose_name='consta en el registro')),
                        ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='declarada por')),
                        ('poll', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forks', to='votes.poll')),
                    ],
                    options={
                        'verbose_name': 'bifurcación declarada',
                        'verbose_name_plural': 'bifurcaciones declaradas',
                        'constraints': [models.UniqueConstraint(fields=('poll', 'lost_hash', 'officer'), name='one_declaration_per_officer')],
                    },
                ),
                migrations.CreateModel(
                    name='Head',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('size', models.PositiveBigIntegerField(verbose_name='tamaño')),
                        ('root', models.CharField(max_length=64, verbose_name='raíz')),
                        ('previous', models.CharField(blank=True, max_length=64, verbose_name='cabeza anterior')),
                        ('time', models.CharField(max_length=24, verbose_name='momento')),
                        ('signature', models.CharField(max_length=128, verbose_name='firma')),
                        ('poll', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='heads', to='votes.poll')),
                    ],
                    options={
                        'verbose_name': 'cabeza firmada',
                        'verbose_name_plural': 'cabezas firmadas',
                        'ordering': ['size'],
                        'constraints': [models.UniqueConstraint(fields=('poll', 'size'), name='one_head_per_size')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalPoll',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('key', models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ('title', models.CharField(max_length=160, verbose_name='título')),
                        ('slug', models.SlugField(editable=False, max_length=80, verbose_name='dirección')),
                        ('summary', models.TextField(verbose_name='por qué se vota')),
                        ('decided_by_text', models.CharField(max_length=300, verbose_name='quién decidió que se vote')),
                        ('effect', models.CharField(choices=[('binding', 'El resultado obliga'), ('recommendation', 'El resultado recomienda'), ('information', 'El resultado informa')], max_length=15, verbose_name='efecto')),
                        ('opens_at', models.DateTimeField(verbose_name='se abre')),
                        ('closes_at', models.DateTimeField(verbose_name='se cierra')),
                        ('level', models.CharField(choices=[('register', 'por el registro'), ('desk', 'en ventanilla')], max_length=10, verbose_name='verificación')),
                        ('running_totals', models.CharField(choices=[('live', 'Se ven mientras se vota'), ('at_close', 'Se ven al cierre')], default='live', max_length=10, verbose_name='totales')),
                        ('status', models.CharField(choices=[('draft', 'Borrador'), ('submitted', 'Por aprobar'), ('approved', 'Anunciada'), ('open', 'Abierta'), ('closed', 'Cerrada'), ('annulled', 'Anulada')], default='draft', max_length=10, verbose_name='estado')),
                        ('created', models.DateTimeField(default=django.utils.timezone.now, verbose_name='creada')),
                        ('updated', models.DateTimeField(default=django.utils.timezone.now, verbose_name='actualizada')),
                        ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='enviada')),
                        ('approved_at', models.DateTimeField(blank=True, null=True, verbose_name='aprobada')),
                        ('rules_hash', models.CharField(blank=True, editable=False, max_length=64)),
                        ('opened_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='abierta')),
                        ('closed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='cerrada')),
                        ('eligible', models.PositiveIntegerField(editable=False, null=True, verbose_name='población del ámbito')),
                        ('annulled_at', models.DateTimeField(blank=True, null=True, verbose_name='anulada')),
                        ('annul_reason', models.TextField(blank=True, verbose_name='por qué se anuló')),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.CharField(max_length=100, null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('annulled_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='anulada por')),
                        ('answers_for', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territory.agency', verbose_name='dependencia que responde')),
                        ('approved_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='aprobada por')),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('written_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='escrita por')),
                        ('return_reason', models.TextField(blank=True, verbose_name='por qué se devolvió')),
                    ],
                    options={
                        'verbose_name': 'historical votación',
                        'verbose_name_plural': 'historical votaciones',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='LiveBallot',
                    fields=[
                        ('participation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='ballot', serialize=False, to='votes.participation')),
                        ('commitment', models.CharField(max_length=64, unique=True)),
                        ('opening', models.BinaryField()),
                    ],
                    options={
                        'verbose_name': 'voto abierto',
                        'verbose_name_plural': 'votos abiertos',
                    },
                ),
                migrations.CreateModel(
                    name='LogEntry',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('index', models.PositiveBigIntegerField()),
                        ('body', models.BinaryField()),
                        ('poll', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='log', to='votes.poll')),
                    ],
                    options={
                        'verbose_name': 'entrada del registro público',
                        'verbose_name_plural': 'registro público',
                        'constraints': [models.UniqueConstraint(fields=('poll', 'index'), name='one_entry_per_index')],
                    },
                ),
                migrations.CreateModel(
                    name='PendingLeaf',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('body', models.BinaryField()),
                        ('first', models.BooleanField()),
                        ('change', models.BinaryField(default=bytes)),
                        ('poll', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pending', to='votes.poll')),
                    ],
                    options={
                        'verbose_name': 'hoja pendiente',
                        'verbose_name_plural': 'hojas pendientes',
                        'indexes': [models.Index(fields=['poll', 'first'], name='pending_first_casts')],
                    },
                ),
                migrations.CreateModel(
                    name='PollDocument',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('once_key', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                        ('title', models.CharField(max_length=120, verbose_name='título')),
                        ('file', models.FileField(upload_to='votaciones/', verbose_name='documento')),
                        ('created', models.DateTimeField(default=django.utils.timezone.now)),
                        ('poll', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='votes.poll')),
                    ],
                    options={
                        'verbose_name': 'documento de una votación',
                        'verbose_name_plural': 'documentos de votaciones',
                        'ordering': ['created', 'pk'],
                    },
                ),
                migrations.CreateModel(
                    name='PublishedBallot',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('commitment', models.CharField(max_length=64)),
                        ('choices', models.TextField()),
                        ('word', models.CharField(max_length=6)),
                        ('nonce', models.CharField(max_length=64)),
                        ('p', models.CharField(blank=True, max_length=64)),
                        ('parish', models.CharField(blank=True, max_length=6)),
                        ('parish_nonce', models.CharField(blank=True, max_length=64)),
                        ('poll', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='published', to='votes.poll')),
                    ],
                    options={
                        'verbose_name': 'voto publicado',
                        'verbose_name_plural': 'votos publicados',
                        'constraints': [models.UniqueConstraint(fields=('poll', 'commitment'), name='one_published_ballot_per_commitment'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('p', ''), _negated=True), ('parish', ''), ('parish_nonce', '')), models.Q(('p', ''), models.Q(('parish', ''), _negated=True), models.Q(('parish_nonce', ''), _negated=True)), _connector='OR'), name='published_parish_is_open_or_closed')],
                    },
                ),
                migrations.CreateModel(
                    name='Question',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('position', models.PositiveSmallIntegerField(verbose_name='orden')),
                        ('text', models.CharField(max_length=300, verbose_name='pregunta')),
                        ('help', models.TextField(blank=True, verbose_name='ayuda')),
                        ('method', models.CharField(choices=[('single', 'Una opción'), ('approval', 'Varias opciones'), ('budget', 'Proyectos hasta un monto')], default='single', max_length=10, verbose_name='cómo se responde')),
                        ('max_choices', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='cuántas opciones como máximo')),
                        ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='monto (USD)')),
                        ('poll', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='votes.poll')),
                    ],
                    options={
                        'verbose_name': 'pregunta',
                        'verbose_name_plural': 'preguntas',
                        'ordering': ['position', 'pk'],
                        'constraints': [models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('poll', 'position'), name='one_question_per_position'), models.CheckConstraint(condition=models.Q(models.Q(('max_choices__gte', 1), ('max_choices__isnull', False), ('method', 'approval')), models.Q(models.Q(('method', 'approval'), _negated=True), ('max_choices', None)), _connector='OR'), name='approval_says_how_many'), models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('amount__isnull', False), ('method', 'budget')), models.Q(models.Q(('method', 'budget'), _negated=True), ('amount', None)), _connector='OR'), name='budget_question_has_an_amount')],
                    },
                ),
                migrations.CreateModel(
                    name='Option',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('position', models.PositiveSmallIntegerField(verbose_name='orden')),
                        ('text', models.CharField(max_length=200, verbose_name='opción')),
                        ('description', models.TextField(blank=True, verbose_name='detalle')),
                        ('image', decide.images.PhotoField(blank=True, height_field='height', null=True, upload_to='votaciones/', verbose_name='imagen', width_field='width')),
                        ('width', models.PositiveIntegerField(editable=False, null=True)),
                        ('height', models.PositiveIntegerField(editable=False, null=True)),
                        ('alt', models.CharField(blank=True, max_length=200, verbose_name='qué se ve')),
                        ('link', models.URLField(blank=True, verbose_name='más información')),
                        ('cost', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='costo (USD)')),
                        ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='options', to='votes.question')),
                    ],
                    options={
                        'verbose_name': 'opción',
                        'verbose_name_plural': 'opciones',
                        'ordering': ['position', 'pk'],
                        'constraints': [models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('question', 'position'), name='one_option_per_position'), models.CheckConstraint(condition=models.Q(('cost', None), ('cost__gt', 0), _connector='OR'), name='option_costs_something')],
                    },
                ),
                migrations.CreateModel(
                    name='DeskBallot',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('digest', models.CharField(max_length=64, unique=True)),
                        ('session_key', models.CharField(max_length=40)),
                        ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('used', models.BooleanField(default=False, verbose_name='ya votó')),
                        ('officer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('poll', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='votes.poll')),
                    ],
                    options={
                        'verbose_name': 'turno en el equipo de la oficina',
                        'verbose_name_plural': 'turnos en equipos de oficinas',
                    },
                ),
            ]
        ),
        migrations.AddField(
            model_name='supportbox',
            name='hidden',
            field=models.BooleanField(default=False, help_text='Moderación ocultó lo que se apoya.'),
        ),
    ]
