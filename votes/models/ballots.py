"""The ballot box: who has voted, what was chosen, and the log that anyone can check. Keys are random UUIDs.

While a poll is open a participation leads to its ballot, whose opening is encrypted; the close publishes the openings
sorted by commitment, deletes the live ballots and writes the participations anew, so that nothing joins them.
None of these tables has a history, a time or a day per person.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from decide.accounts.models import Residence
from votes.models.polls import Poll


class BallotBox(models.Model):
    """What the sequencer goes on from, and its lock. `peaks` are the roots of the log's whole subtrees, in hex.

    `halted_at`: the head kept outside the database (`lost_head`, as it was signed) is not in the database, which
    somebody restored or rewrote. Nothing is sequenced or closed until two officers declare the fork.
    """

    poll = models.OneToOneField(Poll, models.PROTECT, primary_key=True, related_name="box")
    size = models.PositiveBigIntegerField(default=0)
    peaks = models.JSONField(default=list)
    halted_at = models.DateTimeField(null=True, blank=True)
    lost_head = models.TextField(blank=True)
    # False from the end of the poll until the engine may write over what it deleted.
    swept = models.BooleanField(default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("urna"), _("urnas")


class Participation(models.Model):
    """That a residence has voted; not when, and not what."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    poll = models.ForeignKey(Poll, models.PROTECT, related_name="participations")
    residence = models.ForeignKey(Residence, models.PROTECT, related_name="participations")

    class Meta:
        verbose_name, verbose_name_plural = _("participación"), _("participaciones")
        constraints = [models.UniqueConstraint(fields=["poll", "residence"], name="one_participation_per_residence")]


class DailyTurnout(models.Model):
    """How many voted for the first time on a day of Quito: a counter, without persons."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="days")
    day = models.DateField(_("día"))
    voters = models.PositiveIntegerField(_("votantes"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("participación diaria"), _("participación diaria")
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["poll", "day"], name="one_turnout_per_day")]


class LiveBallot(models.Model):
    """The ballot of a participation while the poll is open. `opening` is encrypted (votes.keys.seal)."""

    participation = models.OneToOneField(Participation, models.CASCADE, primary_key=True, related_name="ballot")
    # SHA-256 in hex; unique, since two ballots with one commitment would be counted as one.
    commitment = models.CharField(max_length=64, unique=True)
    opening = models.BinaryField()

    class Meta:
        verbose_name, verbose_name_plural = _("voto abierto"), _("votos abiertos")


class PendingLeaf(models.Model):
    """A leaf that waits for its batch. `first`: the first cast of somebody.

    `change`: encrypted, what the leaf adds to and takes from the running totals; empty in a poll that has none.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    poll = models.ForeignKey(Poll, models.PROTECT, related_name="pending")
    body = models.BinaryField()
    first = models.BooleanField()
    change = models.BinaryField(default=bytes)

    class Meta:
        verbose_name, verbose_name_plural = _("hoja pendiente"), _("hojas pendientes")
        indexes = [models.Index(fields=["poll", "first"], name="pending_first_casts")]


class LogEntry(models.Model):
    """One leaf of the public log; `body` is hashed as it is (docs/export-format.md)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    poll = models.ForeignKey(Poll, models.PROTECT, related_name="log", db_index=False)
    index = models.PositiveBigIntegerField()
    body = models.BinaryField()

    class Meta:
        verbose_name, verbose_name_plural = _("entrada del registro público"), _("registro público")
        constraints = [models.UniqueConstraint(fields=["poll", "index"], name="one_entry_per_index")]


class Head(models.Model):
    """The size and root of the log at a moment, signed. `previous` is the SHA-256 of the head before, as published."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    poll = models.ForeignKey(Poll, models.PROTECT, related_name="heads", db_index=False)
    size = models.PositiveBigIntegerField(_("tamaño"))
    root = models.CharField(_("raíz"), max_length=64)
    previous = models.CharField(_("cabeza anterior"), max_length=64, blank=True)
    # As it was signed, "2026-11-22T23:30:00.123Z".
    time = models.CharField(_("momento"), max_length=24)
    signature = models.CharField(_("firma"), max_length=128)

    class Meta:
        verbose_name, verbose_name_plural = _("cabeza firmada"), _("cabezas firmadas")
        ordering = ["size"]
        constraints = [models.UniqueConstraint(fields=["poll", "size"], name="one_head_per_size")]


class PublishedBallot(models.Model):
    """A ballot after the close, opened. Either `p` or the parish with its nonce is there, never both."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    poll = models.ForeignKey(Poll, models.PROTECT, related_name="published", db_index=False)
    commitment = models.CharField(max_length=64)
    choices = models.TextField()  # canonical JSON
    word = models.CharField(max_length=6)
    nonce = models.CharField(max_length=64)
    p = models.CharField(max_length=64, blank=True)
    parish = models.CharField(max_length=6, blank=True)
    parish_nonce = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("voto publicado"), _("votos publicados")
        constraints = [
            models.UniqueConstraint(fields=["poll", "commitment"], name="one_published_ballot_per_commitment"),
            models.CheckConstraint(
                condition=(~models.Q(p="") & models.Q(parish="", parish_nonce=""))
                | (models.Q(p="") & ~models.Q(parish="") & ~models.Q(parish_nonce="")),
                name="published_parish_is_open_or_closed",
            ),
        ]


class ForkDeclaration(models.Model):
    """An officer declares in public that the log goes on from an earlier state, and why. It takes two officers."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="forks")
    lost_head = models.TextField(_("cabeza perdida"))
    lost_hash = models.CharField(max_length=64)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("declarada por")
    )
    reason = models.TextField(_("por qué"))
    at = models.DateTimeField(_("cuándo"), default=timezone.now)
    done = models.BooleanField(_("consta en el registro"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("bifurcación declarada"), _("bifurcaciones declaradas")
        constraints = [
            models.UniqueConstraint(fields=["poll", "lost_hash", "officer"], name="one_declaration_per_officer")
        ]
