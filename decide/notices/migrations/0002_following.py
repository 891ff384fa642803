import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('notices', '0001_initial'),
        ('territory', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Announcement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('key', models.CharField(max_length=120)),
                ('subject', models.CharField(max_length=160)),
                ('body', models.TextField()),
                ('path', models.CharField(blank=True, max_length=300)),
                ('about', models.CharField(blank=True, max_length=60)),
                ('lists', models.JSONField()),
                ('exclude', models.JSONField(default=list)),
                ('after', models.BigIntegerField(default=0)),
                ('created', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='FollowList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(blank=True, max_length=200)),
                ('path', models.CharField(blank=True, max_length=300)),
                ('about', models.CharField(blank=True, max_length=60)),
                ('parish', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='follow_list', to='territory.parish')),
            ],
            options={
                'verbose_name': 'lista de seguidores',
                'verbose_name_plural': 'listas de seguidores',
            },
        ),
        migrations.CreateModel(
            name='Follow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('own', models.BooleanField(default=False)),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='follows', to=settings.AUTH_USER_MODEL)),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='follows', to='notices.followlist')),
            ],
            options={
                'verbose_name': 'seguimiento',
                'verbose_name_plural': 'seguimientos',
                'constraints': [models.UniqueConstraint(fields=('list', 'user'), name='followed_once')],
            },
        ),
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.CharField(choices=[('reply', 'Respuestas a mis comentarios'), ('own', 'Lo que yo propuse'), ('supported', 'Lo que apoyé o comenté'), ('following', 'Lo que sigo'), ('parish', 'Las parroquias que sigo'), ('office', 'Recordatorios de mi cargo'), ('account', 'Mi cuenta, su seguridad y la moderación de lo mío')], max_length=10)),
                ('frequency', models.CharField(choices=[('now', 'Enseguida'), ('daily', 'Una vez al día'), ('weekly', 'Una vez por semana'), ('never', 'Nunca')], max_length=6)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notice_preferences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'preferencia de avisos',
                'verbose_name_plural': 'preferencias de avisos',
                'constraints': [models.UniqueConstraint(fields=('user', 'group'), name='one_preference_per_group')],
            },
        ),
        migrations.AddField(
            model_name='notice',
            name='about',
            field=models.CharField(blank=True, max_length=60, verbose_name='de qué trata'),
        ),
        migrations.AddField(
            model_name='notice',
            name='digest',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='parts', to='notices.notice'),
        ),
        migrations.AddField(
            model_name='notice',
            name='group',
            field=models.CharField(choices=[('reply', 'Respuestas a mis comentarios'), ('own', 'Lo que yo propuse'), ('supported', 'Lo que apoyé o comenté'), ('following', 'Lo que sigo'), ('parish', 'Las parroquias que sigo'), ('office', 'Recordatorios de mi cargo'), ('account', 'Mi cuenta, su seguridad y la moderación de lo mío')], default='account', max_length=10, verbose_name='grupo'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='mail',
            field=models.CharField(choices=[('waiting', 'Por enviar'), ('sent', 'Enviado'), ('dropped', 'No se envía'), ('failed', 'No se pudo enviar'), ('digest', 'Para el resumen'), ('in_digest', 'En un resumen por enviar')], default='waiting', max_length=10, verbose_name='correo'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('mail', 'digest')), fields=['next_try'], name='notice_for_digest'),
        ),
    ]
