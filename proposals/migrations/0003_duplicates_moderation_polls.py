import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('moderation', '0001_initial'),
        ('proposals', '0002_categories'),
        ('votes', '0002_polls_and_ballots'),
    ]

    operations = [
        migrations.CreateModel(
            name='DuplicateLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('once_key', models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                ('by_moderator', models.BooleanField(default=False, verbose_name='por moderación')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='enlazada')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='deshecho')),
                ('undone_reason', models.CharField(blank=True, max_length=250, verbose_name='por qué se deshizo')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('original', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='proposals.proposal', verbose_name='repite')),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duplicate_links', to='proposals.proposal', verbose_name='propuesta')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'enlace de repetidas',
                'verbose_name_plural': 'enlaces de repetidas',
                'ordering': ['at', 'pk'],
                'indexes': [models.Index(fields=['original', 'undone_at'], name='duplicates_of_a_proposal')],
                'constraints': [models.CheckConstraint(condition=models.Q(('proposal', models.F('original')), _negated=True), name='no_proposal_repeats_itself'), models.CheckConstraint(condition=models.Q(models.Q(('undone_at', None), ('undone_reason', '')), models.Q(('undone_at__isnull', False), models.Q(('undone_reason', ''), _negated=True)), _connector='OR'), name='a_link_is_undone_with_a_reason'), models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('proposal',), name='a_proposal_repeats_one_at_most'), models.UniqueConstraint(django.db.models.functions.comparison.Least('proposal', 'original'), django.db.models.functions.comparison.Greatest('proposal', 'original'), condition=models.Q(('undone_at', None)), name='two_proposals_do_not_repeat_each_other')],
            },
        ),
        migrations.AddField(
            model_name='proposal',
            name='case',
            field=models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='moderation.moderationcase'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='hidden',
            field=models.BooleanField(default=False, editable=False, verbose_name='oculto'),
        ),
        migrations.AddField(
            model_name='proposaldocument',
            name='case',
            field=models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='moderation.moderationcase'),
        ),
        migrations.AddField(
            model_name='proposaldocument',
            name='hidden',
            field=models.BooleanField(default=False, editable=False, verbose_name='oculto'),
        ),
        migrations.AddField(
            model_name='proposalphoto',
            name='case',
            field=models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='moderation.moderationcase'),
        ),
        migrations.AddField(
            model_name='proposalphoto',
            name='hidden',
            field=models.BooleanField(default=False, editable=False, verbose_name='oculto'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='poll',
            field=models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='proposal', to='votes.poll'),
        ),
        migrations.AlterField(
            model_name='historicalproposal',
            name='status',
            field=models.CharField(choices=[('draft', 'Borrador'), ('open', 'En apoyos'), ('reached', 'Alcanzó su umbral'), ('review', 'En revisión'), ('voting', 'En votación'), ('answered', 'Respondida'), ('execution', 'En ejecución'), ('done', 'Hecha'), ('withdrawn', 'Retirada'), ('archived', 'Archivada')], default='draft', max_length=12, verbose_name='estado'),
        ),
        migrations.AlterField(
            model_name='proposal',
            name='status',
            field=models.CharField(choices=[('draft', 'Borrador'), ('open', 'En apoyos'), ('reached', 'Alcanzó su umbral'), ('review', 'En revisión'), ('voting', 'En votación'), ('answered', 'Respondida'), ('execution', 'En ejecución'), ('done', 'Hecha'), ('withdrawn', 'Retirada'), ('archived', 'Archivada')], default='draft', max_length=12, verbose_name='estado'),
        ),
        migrations.AlterField(
            model_name='statuschange',
            name='status',
            field=models.CharField(choices=[('draft', 'Borrador'), ('open', 'En apoyos'), ('reached', 'Alcanzó su umbral'), ('review', 'En revisión'), ('voting', 'En votación'), ('answered', 'Respondida'), ('execution', 'En ejecución'), ('done', 'Hecha'), ('withdrawn', 'Retirada'), ('archived', 'Archivada')], max_length=12),
        ),
    ]
