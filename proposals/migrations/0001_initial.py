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
        ('accounts', '0001_initial'),
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
                    name='Category',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('slug', models.SlugField(unique=True)),
                        ('name', models.CharField(max_length=60, unique=True, verbose_name='nombre')),
                    ],
                    options={
                        'verbose_name': 'categoría',
                        'verbose_name_plural': 'categorías',
                        'ordering': ['name'],
                    },
                ),
                migrations.CreateModel(
                    name='Tag',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('slug', models.SlugField(unique=True)),
                        ('name', models.CharField(max_length=40, verbose_name='nombre')),
                    ],
                    options={
                        'verbose_name': 'etiqueta',
                        'verbose_name_plural': 'etiquetas',
                        'ordering': ['name'],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalProposal',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('title', models.CharField(max_length=100, verbose_name='título')),
                        ('slug', models.SlugField(editable=False, max_length=110)),
                        ('summary', models.CharField(max_length=200, verbose_name='resumen')),
                        ('body', models.TextField(blank=True, max_length=20000, verbose_name='propuesta')),
                        ('neighbourhood', models.CharField(blank=True, max_length=100, verbose_name='barrio')),
                        ('street', models.CharField(blank=True, max_length=150, verbose_name='calle')),
                        ('reference', models.CharField(blank=True, max_length=200, verbose_name='referencia')),
                        ('lat', models.FloatField(blank=True, null=True, verbose_name='latitud')),
                        ('lon', models.FloatField(blank=True, null=True, verbose_name='longitud')),
                        ('by_desk', models.BooleanField(default=False, verbose_name='por ventanilla')),
                        ('status', models.CharField(choices=[('draft', 'Borrador'), ('open', 'En apoyos'), ('reached', 'Alcanzó su umbral'), ('review', 'En revisión'), ('answered', 'Respondida'), ('execution', 'En ejecución'), ('done', 'Hecha'), ('withdrawn', 'Retirada'), ('archived', 'Archivada')], default='draft', max_length=12, verbose_name='estado')),
                        ('created', models.DateTimeField(default=django.utils.timezone.now)),
                        ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='publicada')),
                        ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='reúne apoyos hasta')),
                        ('withdrawal', models.CharField(blank=True, choices=[('duplicate', 'Está duplicada'), ('under_way', 'Ya está en ejecución'), ('unfeasible', 'Es inviable'), ('done', 'Ya está hecha'), ('other', 'Otra razón')], max_length=12, verbose_name='razón del retiro')),
                        ('withdrawal_note', models.CharField(blank=True, max_length=300, verbose_name='explicación del retiro')),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.CharField(max_length=100, null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('answer', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='answers.answer')),
                        ('author', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='autor')),
                        ('box', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='votes.supportbox')),
                        ('category', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='proposals.category', verbose_name='tema')),
                        ('desk_officer', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('parish', models.ForeignKey(blank=True, db_constraint=False, help_text='Vacío: todo el Distrito.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territory.parish', verbose_name='parroquia')),
                        ('thread', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='comments.thread')),
                    ],
                    options={
                        'verbose_name': 'historical propuesta',
                        'verbose_name_plural': 'historical propuestas',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Proposal',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('once_key', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                        ('title', models.CharField(max_length=100, verbose_name='título')),
                        ('slug', models.SlugField(editable=False, max_length=110)),
                        ('summary', models.CharField(max_length=200, verbose_name='resumen')),
                        ('body', models.TextField(blank=True, max_length=20000, verbose_name='propuesta')),
                        ('neighbourhood', models.CharField(blank=True, max_length=100, verbose_name='barrio')),
                        ('street', models.CharField(blank=True, max_length=150, verbose_name='calle')),
                        ('reference', models.CharField(blank=True, max_length=200, verbose_name='referencia')),
                        ('lat', models.FloatField(blank=True, null=True, verbose_name='latitud')),
                        ('lon', models.FloatField(blank=True, null=True, verbose_name='longitud')),
                        ('by_desk', models.BooleanField(default=False, verbose_name='por ventanilla')),
                        ('code', models.CharField(blank=True, max_length=16, null=True, unique=True)),
                        ('status', models.CharField(choices=[('draft', 'Borrador'), ('open', 'En apoyos'), ('reached', 'Alcanzó su umbral'), ('review', 'En revisión'), ('answered', 'Respondida'), ('execution', 'En ejecución'), ('done', 'Hecha'), ('withdrawn', 'Retirada'), ('archived', 'Archivada')], default='draft', max_length=12, verbose_name='estado')),
                        ('created', models.DateTimeField(default=django.utils.timezone.now)),
                        ('updated', models.DateTimeField(auto_now=True)),
                        ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='publicada')),
                        ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='reúne apoyos hasta')),
                        ('withdrawal', models.CharField(blank=True, choices=[('duplicate', 'Está duplicada'), ('under_way', 'Ya está en ejecución'), ('unfeasible', 'Es inviable'), ('done', 'Ya está hecha'), ('other', 'Otra razón')], max_length=12, verbose_name='razón del retiro')),
                        ('withdrawal_note', models.CharField(blank=True, max_length=300, verbose_name='explicación del retiro')),
                        ('version', models.BigIntegerField(default=0, editable=False)),
                        ('search_text', models.TextField(blank=True, editable=False)),
                        ('answer', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposal', to='answers.answer')),
                        ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='proposals', to=settings.AUTH_USER_MODEL, verbose_name='autor')),
                        ('box', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='proposal', to='votes.supportbox')),
                        ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='proposals.category', verbose_name='tema')),
                        ('desk_officer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('desk_residence', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.residence')),
                        ('parish', models.ForeignKey(blank=True, help_text='Vacío: todo el Distrito.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='territory.parish', verbose_name='parroquia')),
                        ('thread', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='proposal', to='comments.thread')),
                        ('tags', models.ManyToManyField(blank=True, related_name='proposals', to='proposals.tag', verbose_name='etiquetas')),
                    ],
                    options={
                        'verbose_name': 'propuesta',
                        'verbose_name_plural': 'propuestas',
                        'indexes': [models.Index(fields=['status', '-published_at'], name='proposals_newest'), models.Index(fields=['-published_at', '-id'], name='proposals_by_date'), models.Index(fields=['parish', 'status'], name='proposals_of_a_parish'), models.Index(fields=['status', 'expires_at'], name='proposals_expiring')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('status', 'draft'), models.Q(('expires_at__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='a_public_proposal_has_dates'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'withdrawn'), _negated=True), models.Q(('withdrawal', ''), _negated=True), _connector='OR'), name='a_withdrawn_proposal_has_a_reason')],
                    },
                ),
                migrations.CreateModel(
                    name='ProposalDocument',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('once_key', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                        ('file', models.FileField(upload_to='documentos/', verbose_name='documento')),
                        ('title', models.CharField(max_length=120, verbose_name='título')),
                        ('size', models.PositiveIntegerField(editable=False)),
                        ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='proposals.proposal')),
                    ],
                    options={
                        'ordering': ['pk'],
                    },
                ),
                migrations.CreateModel(
                    name='ProposalPhoto',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('once_key', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                        ('image', decide.images.PhotoField(height_field='height', upload_to='propuestas/', verbose_name='foto', width_field='width')),
                        ('width', models.PositiveIntegerField(editable=False)),
                        ('height', models.PositiveIntegerField(editable=False)),
                        ('alt', models.CharField(blank=True, max_length=200, verbose_name='qué se ve')),
                        ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='proposals.proposal')),
                    ],
                    options={
                        'ordering': ['pk'],
                    },
                ),
                migrations.CreateModel(
                    name='StatusChange',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('status', models.CharField(choices=[('draft', 'Borrador'), ('open', 'En apoyos'), ('reached', 'Alcanzó su umbral'), ('review', 'En revisión'), ('answered', 'Respondida'), ('execution', 'En ejecución'), ('done', 'Hecha'), ('withdrawn', 'Retirada'), ('archived', 'Archivada')], max_length=12)),
                        ('at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('note', models.CharField(blank=True, max_length=300)),
                        ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='status_changes', to='proposals.proposal')),
                    ],
                    options={
                        'ordering': ['at', 'pk'],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalProposal_tags',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('m2m_history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='proposals.historicalproposal')),
                        ('proposal', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='proposals.proposal')),
                        ('tag', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='proposals.tag')),
                    ],
                    options={
                        'verbose_name': 'HistoricalProposal_tags',
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='TitleGram',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('gram', models.CharField(max_length=3)),
                        ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grams', to='proposals.proposal')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('gram', 'proposal'), name='each_gram_once_per_title')],
                    },
                ),
            ]
        ),
    ]
