"""What the demo city's moderators have done and have before them. Texts and times are in `data/moderation.toml`.

Written directly, like everything that lies in the past, as the services would have left it.
"""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from decide.accounts.models import User
from decide.comments.models import Comment, Thread
from decide.demo.people import DATA
from decide.demo.sketches import Sketch
from decide.moderation.models import Appeal, Decision, ModerationCase, Report, Sanction, due_from
from decide.moderation.services.telling import tell_author
from decide.notices.models import Notice
from decide.text import plain

STATES = {"hide": "hidden", "restore": "kept", "keep": "kept", "approve_edit": "kept"}


def write_moderation(sketches: list[Sketch], accounts: dict[str, User], now: datetime) -> None:
    data = tomllib.loads((DATA / "moderation.toml").read_text(encoding="utf-8"))
    desk = Desk({sketch.id: sketch.proposal for sketch in sketches}, accounts, now)
    for line in data["comment"]:
        desk.write_comment(line)
    desk.report_proposal(data["proposal"])
    desk.propose_closing(data["closing"])


@dataclass
class Desk:
    proposals: dict
    accounts: dict[str, User]
    now: datetime

    def ago(self, hours: float) -> datetime:
        return self.now - timedelta(hours=hours)

    def write_comment(self, line: dict) -> None:
        """A comment with its case: reports, decisions, an appeal, as far as the line tells."""
        proposal, author = self.proposals[line["proposal"]], self.accounts[line["author"]]
        at = max(self.ago(line["ago"]), proposal.published_at)
        comment = Comment(thread=proposal.thread, author=author, body=line["body"], created=at)
        comment._history_date, comment._history_user = at, author
        comment.save()
        case = self._open(comment, line["reports"][0]["report"])
        self._report(case, line["reports"])
        for told in line.get("decisions", ()):
            self._decide(case, told)
        if "appeal" in line:
            self._appeal(case, line["appeal"])
        Comment.objects.filter(pk=comment.pk).update(case=case, hidden=not case.is_shown)
        Thread.objects.filter(pk=comment.thread_id).update(
            comments=F("comments") + int(case.is_shown), version=F("version") + 1
        )

    def report_proposal(self, line: dict) -> None:
        proposal = self.proposals[line["id"]]
        case = self._open(proposal, line["report"])
        self._report(case, [line])
        type(proposal).objects.filter(pk=proposal.pk).update(case=case)

    def propose_closing(self, line: dict) -> None:
        at = self.ago(line["ago"])
        closing = Sanction(
            user=self.accounts[line["user"]],
            by=self.accounts[line["by"]],
            kind=Sanction.Kind.CLOSE,
            reason=line["reason"],
            reason_text=line["text"],
            at=at,
            due=due_from(at),
        )
        self._save(closing, at, closing.by)

    def _open(self, thing, hours: float) -> ModerationCase:
        at = self.ago(hours)
        case = ModerationCase(
            kind=thing.KIND,
            path=thing.moderated_path(),
            author=thing.moderated_author(),
            excerpt=thing.moderated_text(),
            search_text=plain(thing.moderated_text()),
            opened_at=at,
            due=due_from(at),
        )
        self._save(case, at, None)
        return case

    def _report(self, case: ModerationCase, lines: list[dict]) -> None:
        Report.objects.bulk_create(
            Report(
                case=case,
                reporter=self.accounts[line["by"]],
                reason=line["reason"],
                note=line.get("note", ""),
                created=self.ago(line["report"]),
            )
            for line in lines
        )

    def _decide(self, case: ModerationCase, told: dict, appeal: Appeal | None = None) -> None:
        """One decision on the case, or on its author."""
        at, by = self.ago(told["at"]), self.accounts[told["by"]]
        sanction = told["action"] in Sanction.Kind.values
        opened = at if sanction else appeal.created if appeal else case.opened_at
        # An author's edit comes in a few hours before it is looked at.
        opened = at - timedelta(hours=4) if told["action"] == "approve_edit" else opened
        decision = Decision.objects.create(
            case=case,
            case_version=None if sanction else case.version,
            kind="account" if sanction else case.kind,
            action=told["action"],
            reason=told["reason"],
            reason_text=told["text"],
            excerpt="" if sanction else case.excerpt,
            subject=case.author,
            by=by,
            opened_at=opened,
            due=due_from(opened),
            at=at,
            on_appeal=appeal is not None,
        )
        if sanction:
            self._sanction(case, decision)
        else:
            case.state, case.due, case.version = STATES[told["action"]], None, case.version + 1
            case.decided_at, case.decided_by = at, by
            case.reason, case.reason_text = told["reason"], told["text"]
            self._save(case, at, by)
            case.reports.filter(decision=None).update(decision=decision)
        tell_author(decision, sanction=getattr(decision, "sanction", None))
        Notice.objects.filter(key=f"decision:{decision.pk}").update(
            created=at, read_at=at + timedelta(hours=2), mail=Notice.Mail.SENT, mailed_at=at
        )

    def _sanction(self, case: ModerationCase, decision: Decision) -> None:
        """A warning, or a suspension that is over."""
        days = Sanction.DAYS.get(decision.action)
        sanction = Sanction(
            user=case.author,
            kind=decision.action,
            reason=decision.reason,
            reason_text=decision.reason_text,
            case=case,
            decision=decision,
            by=decision.by,
            at=decision.at,
            until=decision.at + timedelta(days=days) if days else None,
            ended_at=decision.at + timedelta(days=days) if days else None,
        )
        self._save(sanction, decision.at, decision.by)

    def _appeal(self, case: ModerationCase, line: dict) -> None:
        at = self.ago(line["at"])
        decision = case.decisions.get(action="hide")
        appeal = Appeal.objects.create(
            decision=decision, author=case.author, text=line["text"], created=at, due=due_from(at)
        )
        if "decided" not in line:
            return
        action = "restore" if line["outcome"] == "overturned" else "uphold"
        result = {"at": line["decided"], "by": line["by"], "action": action, "text": line["reason"]}
        self._decide(case, result | {"reason": decision.reason}, appeal)
        appeal.outcome, appeal.reason_text = line["outcome"], line["reason"]
        appeal.decided_by, appeal.decided_at = self.accounts[line["by"]], self.ago(line["decided"])
        appeal.save()

    @staticmethod
    def _save(row, at: datetime, by: User | None) -> None:
        row._history_date, row._history_user = at, by
        row.save()
