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
    ]

    operations = [
        Together(
            [
                migrations.CreateModel(
                    name='Thread',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('comments', models.PositiveIntegerField(default=0)),
                        ('version', models.BigIntegerField(default=0)),
                        ('open', models.BooleanField(default=True, verbose_name='abierto')),
                        ('path', models.CharField(blank=True, help_text='La página que lo muestra.', max_length=300)),
                        ('public', models.BooleanField(default=False, help_text='Si la página que lo muestra es pública.')),
                        ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='de quién')),
                    ],
                    options={
                        'verbose_name': 'conversación',
                        'verbose_name_plural': 'conversaciones',
                    },
                ),
                migrations.CreateModel(
                    name='Comment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('once_key', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                        ('by_owner', models.BooleanField(default=False, verbose_name='de quien lo propuso')),
                        ('body', models.TextField(max_length=3000, verbose_name='comentario')),
                        ('created', models.DateTimeField(default=django.utils.timezone.now)),
                        ('edited_at', models.DateTimeField(blank=True, null=True)),
                        ('deleted_at', models.DateTimeField(blank=True, null=True)),
                        ('useful', models.PositiveIntegerField(default=0)),
                        ('not_useful', models.PositiveIntegerField(default=0)),
                        ('answers_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='comments.comment')),
                        ('appointment', models.ForeignKey(blank=True, help_text='Habla por este cargo.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.appointment')),
                        ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='comments', to=settings.AUTH_USER_MODEL, verbose_name='autor')),
                        ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='comments.comment')),
                        ('thread', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='all_comments', to='comments.thread')),
                    ],
                    options={
                        'verbose_name': 'comentario',
                        'verbose_name_plural': 'comentarios',
                        'indexes': [models.Index(fields=['thread', 'parent', '-created'], name='comments_of_a_thread'), models.Index(fields=['thread', '-created', '-id'], name='newest_of_a_thread')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalComment',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('by_owner', models.BooleanField(default=False, verbose_name='de quien lo propuso')),
                        ('body', models.TextField(max_length=3000, verbose_name='comentario')),
                        ('created', models.DateTimeField(default=django.utils.timezone.now)),
                        ('edited_at', models.DateTimeField(blank=True, null=True)),
                        ('deleted_at', models.DateTimeField(blank=True, null=True)),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.CharField(max_length=100, null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('answers_to', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='comments.comment')),
                        ('appointment', models.ForeignKey(blank=True, db_constraint=False, help_text='Habla por este cargo.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.appointment')),
                        ('author', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='autor')),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('parent', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='comments.comment')),
                        ('thread', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='comments.thread')),
                    ],
                    options={
                        'verbose_name': 'historical comentario',
                        'verbose_name_plural': 'historical comentarios',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='CommentRating',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('useful', models.BooleanField()),
                        ('comment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ratings', to='comments.comment')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('comment', 'user'), name='one_rating_per_comment_and_account')],
                    },
                ),
            ]
        ),
    ]
