import datetime
import django.db.models.deletion
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
                    name='HistoricalZone',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('slug', models.SlugField(verbose_name='dirección')),
                        ('name', models.CharField(max_length=120, verbose_name='nombre')),
                        ('short_name', models.CharField(max_length=60, verbose_name='nombre corto')),
                        ('abbreviation', models.CharField(blank=True, max_length=3, verbose_name='abreviatura en el mapa')),
                        ('kind', models.CharField(choices=[('administration', 'Administración zonal'), ('special', 'Administración especial')], default='administration', max_length=20, verbose_name='tipo')),
                        ('valid_from', models.DateField(blank=True, null=True, verbose_name='desde')),
                        ('valid_until', models.DateField(blank=True, null=True, verbose_name='hasta (sin incluir)')),
                        ('note', models.TextField(blank=True, verbose_name='nota')),
                        ('source', models.TextField(blank=True, verbose_name='fuente')),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.CharField(max_length=100, null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'historical zona',
                        'verbose_name_plural': 'historical zonas',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Zone',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('slug', models.SlugField(unique=True, verbose_name='dirección')),
                        ('name', models.CharField(max_length=120, verbose_name='nombre')),
                        ('short_name', models.CharField(max_length=60, verbose_name='nombre corto')),
                        ('abbreviation', models.CharField(blank=True, max_length=3, verbose_name='abreviatura en el mapa')),
                        ('kind', models.CharField(choices=[('administration', 'Administración zonal'), ('special', 'Administración especial')], default='administration', max_length=20, verbose_name='tipo')),
                        ('valid_from', models.DateField(blank=True, null=True, verbose_name='desde')),
                        ('valid_until', models.DateField(blank=True, null=True, verbose_name='hasta (sin incluir)')),
                        ('note', models.TextField(blank=True, verbose_name='nota')),
                        ('source', models.TextField(blank=True, verbose_name='fuente')),
                    ],
                    options={
                        'verbose_name': 'zona',
                        'verbose_name_plural': 'zonas',
                        'ordering': ['short_name'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_from', None), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='zone_ends_after_it_starts')],
                    },
                ),
                migrations.CreateModel(
                    name='Parish',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=6, unique=True, verbose_name='código INEC')),
                        ('slug', models.SlugField(unique=True, verbose_name='dirección')),
                        ('name', models.CharField(max_length=80, verbose_name='nombre')),
                        ('official_name', models.CharField(blank=True, max_length=120, verbose_name='nombre en el INEC')),
                        ('kind', models.CharField(choices=[('urban', 'urbana'), ('rural', 'rural')], max_length=10, verbose_name='tipo')),
                        ('lat', models.FloatField(help_text='Grados WGS 84 del centro.', verbose_name='latitud')),
                        ('lon', models.FloatField(verbose_name='longitud')),
                        ('area_km2', models.DecimalField(decimal_places=2, max_digits=8, verbose_name='superficie (km²)')),
                        ('population_2010', models.PositiveIntegerField(verbose_name='población 2010')),
                        ('population_2022', models.PositiveIntegerField(blank=True, null=True, verbose_name='población 2022')),
                        ('hex_column', models.SmallIntegerField(verbose_name='columna en el mapa de hexágonos')),
                        ('hex_row', models.SmallIntegerField(verbose_name='fila en el mapa de hexágonos')),
                        ('boundary', models.JSONField(blank=True, editable=False, null=True, verbose_name='límite (geometría GeoJSON)')),
                        ('zone', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parishes', to='territory.zone', verbose_name='zona')),
                    ],
                    options={
                        'verbose_name': 'parroquia',
                        'verbose_name_plural': 'parroquias',
                        'ordering': ['name'],
                        'constraints': [models.UniqueConstraint(fields=('hex_column', 'hex_row'), name='one_parish_per_hexagon')],
                    },
                ),
                migrations.CreateModel(
                    name='ServicePoint',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=120, verbose_name='nombre')),
                        ('address', models.CharField(max_length=200, verbose_name='dirección')),
                        ('hours', models.CharField(max_length=200, verbose_name='horario')),
                        ('invented', models.BooleanField(default=False, verbose_name='inventado para la demostración')),
                        ('parish', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='service_points', to='territory.parish', verbose_name='parroquia')),
                    ],
                    options={
                        'verbose_name': 'ventanilla',
                        'verbose_name_plural': 'ventanillas',
                        'ordering': ['name'],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalParish',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('code', models.CharField(db_index=True, max_length=6, verbose_name='código INEC')),
                        ('slug', models.SlugField(verbose_name='dirección')),
                        ('name', models.CharField(max_length=80, verbose_name='nombre')),
                        ('official_name', models.CharField(blank=True, max_length=120, verbose_name='nombre en el INEC')),
                        ('kind', models.CharField(choices=[('urban', 'urbana'), ('rural', 'rural')], max_length=10, verbose_name='tipo')),
                        ('lat', models.FloatField(help_text='Grados WGS 84 del centro.', verbose_name='latitud')),
                        ('lon', models.FloatField(verbose_name='longitud')),
                        ('area_km2', models.DecimalField(decimal_places=2, max_digits=8, verbose_name='superficie (km²)')),
                        ('population_2010', models.PositiveIntegerField(verbose_name='población 2010')),
                        ('population_2022', models.PositiveIntegerField(blank=True, null=True, verbose_name='población 2022')),
                        ('hex_column', models.SmallIntegerField(verbose_name='columna en el mapa de hexágonos')),
                        ('hex_row', models.SmallIntegerField(verbose_name='fila en el mapa de hexágonos')),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.CharField(max_length=100, null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('zone', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territory.zone', verbose_name='zona')),
                    ],
                    options={
                        'verbose_name': 'historical parroquia',
                        'verbose_name_plural': 'historical parroquias',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='HistoricalAgency',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('slug', models.SlugField(verbose_name='dirección')),
                        ('name', models.CharField(max_length=160, verbose_name='nombre')),
                        ('acronym', models.CharField(blank=True, max_length=30, verbose_name='siglas')),
                        ('municipal', models.BooleanField(default=True, verbose_name='del Municipio')),
                        ('head_email', models.EmailField(blank=True, max_length=254, verbose_name='correo de la máxima autoridad')),
                        ('contact', models.CharField(blank=True, max_length=200, verbose_name='cómo dirigirse a ella')),
                        ('active', models.BooleanField(default=True, verbose_name='activa')),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.CharField(max_length=100, null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('zone', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territory.zone', verbose_name='zona que administra')),
                    ],
                    options={
                        'verbose_name': 'historical dependencia',
                        'verbose_name_plural': 'historical dependencias',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Agency',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('slug', models.SlugField(unique=True, verbose_name='dirección')),
                        ('name', models.CharField(max_length=160, verbose_name='nombre')),
                        ('acronym', models.CharField(blank=True, max_length=30, verbose_name='siglas')),
                        ('municipal', models.BooleanField(default=True, verbose_name='del Municipio')),
                        ('head_email', models.EmailField(blank=True, max_length=254, verbose_name='correo de la máxima autoridad')),
                        ('contact', models.CharField(blank=True, max_length=200, verbose_name='cómo dirigirse a ella')),
                        ('active', models.BooleanField(default=True, verbose_name='activa')),
                        ('zone', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='agency', to='territory.zone', verbose_name='zona que administra')),
                    ],
                    options={
                        'verbose_name': 'dependencia',
                        'verbose_name_plural': 'dependencias',
                        'ordering': ['name'],
                    },
                ),
                migrations.CreateModel(
                    name='ZoneMembership',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('since', models.DateField(default=datetime.date(1970, 1, 1), help_text='1970-01-01: desde siempre.', verbose_name='desde')),
                        ('parish', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='zone_memberships', to='territory.parish')),
                        ('zone', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='territory.zone')),
                    ],
                    options={
                        'verbose_name': 'pertenencia a una zona',
                        'verbose_name_plural': 'pertenencias a zonas',
                        'ordering': ['parish', 'since'],
                        'constraints': [models.UniqueConstraint(fields=('parish', 'since'), name='one_zone_per_parish_and_day')],
                    },
                ),
                migrations.CreateModel(
                    name='Neighbourhood',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=100, verbose_name='nombre')),
                        ('kind', models.CharField(choices=[('neighbourhood', 'barrio'), ('commune', 'comuna')], default='neighbourhood', max_length=15, verbose_name='tipo')),
                        ('invented', models.BooleanField(default=False, verbose_name='inventado para la demostración')),
                        ('source', models.CharField(blank=True, max_length=200, verbose_name='fuente')),
                        ('parish', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='neighbourhoods', to='territory.parish', verbose_name='parroquia')),
                    ],
                    options={
                        'verbose_name': 'barrio o comuna',
                        'verbose_name_plural': 'barrios y comunas',
                        'ordering': ['name'],
                        'constraints': [models.UniqueConstraint(fields=('parish', 'name'), name='neighbourhood_named_once')],
                    },
                ),
            ]
        ),
    ]
