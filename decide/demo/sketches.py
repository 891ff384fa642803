"""The lines and texts of the demo's proposals, before anything is made of them."""

import tomllib
from dataclasses import dataclass, field
from datetime import datetime

from decide.accounts.models import User
from decide.demo.people import DATA, rows
from decide.territory.models import Parish
from proposals.models import Proposal


@dataclass
class Sketch:
    """One proposal of the data files, and what is made of it."""

    id: str
    line: dict
    text: dict
    author: User
    parish: Parish | None
    proposal: Proposal = None
    wanted: int = 0  # supports that count
    others: int = 0  # supports from elsewhere
    steps: list[tuple[str, datetime, str]] = field(default_factory=list)


def read_sketches(accounts: dict[str, User]) -> list[Sketch]:
    texts = tomllib.loads((DATA / "texts.toml").read_text(encoding="utf-8"))
    parishes = {p.code: p for p in Parish.objects.all()}
    return [
        Sketch(line["id"], line, texts[line["id"]], accounts[texts[line["id"]]["author"]], parishes.get(line["parish"]))
        for line in rows("propuestas.csv")
    ]
