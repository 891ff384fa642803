"""Exports made without a database, good and tampered: the corpus that both verifiers must agree on.

`python -m tests.votes.exports` writes `tests/votes/corpus/`: `cases.json`, and for each case the files in which it
differs from its `base`. Everything is drawn from a seed, so that the same bytes come out each time. A case says
`{"name", "base", "files": [names], "drop": [names], "key", "saved", "receipt", "expect"}`; `expect` is
`{"ok": true}` or `{"ok": false, "step", "file", "line"}`.
"""

import copy
import json
import random
import sys
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from votes import verificar
from votes.merkle import Tree

CORPUS = Path(__file__).parent / "corpus"
NAMES = ("rules.json", "log.jsonl", "heads.jsonl", "ballots.jsonl")
BATCH = PUBLISH = 10


def signing_key(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())


def raw(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


class Election:
    """A poll that is played and then written down. `leaves` and `ballots` may be changed before `files()`."""

    def __init__(self, seed="corpus", parishes=("170101", "170102", "170103"), key="platform"):
        self.chance = random.Random(seed)
        self.key = signing_key(key)
        self.poll = self.uuid()
        self.rules = self.make_rules(parishes)
        self.leaves = [{"type": "open", "poll": self.poll, "rules": None}]
        self.cuts = [1]  # sizes at which a head is signed
        self.ballots: dict[str, dict] = {}  # live, by commitment
        self.opened: set[str] = set()
        self.minute = 0

    def uuid(self) -> str:
        h = f"{self.chance.getrandbits(128):032x}"
        return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"

    def hex(self) -> str:
        return f"{self.chance.getrandbits(256):064x}"

    def make_rules(self, parishes) -> dict:
        def question(method, texts, most=None, amount=None, costs=None):
            return {
                "key": self.uuid(),
                "text": f"¿Qué prefiere? ({method})",
                "help": "",
                "method": method,
                "max_choices": most,
                "amount_cents": amount,
                "options": [
                    {
                        "key": self.uuid(),
                        "text": text,
                        "description": "Una línea\ny otra «así»",
                        "link": "",
                        "cost_cents": costs and costs[i],
                    }
                    for i, text in enumerate(texts)
                ],
            }

        return {
            "format": "decide-ballot-v1",
            "poll": self.poll,
            "title": "Elección de prueba ñandú 🗳",
            "summary": "Para comprobar los verificadores.",
            "decided_by": "El equipo",
            "answers_for": "Dependencia de prueba",
            "effect": "recommendation",
            "opens_at": "2026-11-01T13:00:00.000Z",
            "closes_at": "2026-11-08T22:00:00.000Z",
            "level": "register",
            "age": 16,
            "running_totals": "live",
            "scope": "parishes",
            "parishes": [
                {"code": code, "name": f"Parroquia {code}", "population": 1000 + i, "zone": "Zona de prueba"}
                for i, code in enumerate(parishes)
            ],
            "population": sum(1000 + i for i in range(len(parishes))),
            "batch": BATCH,
            "publish": PUBLISH,
            "questions": [
                question("single", ["Sí", "No"]),
                question("approval", ["Parque", "Mercado", "Escuela"], most=2),
                question(
                    "budget", ["Puente", "Luces", "Gradas"], amount=10_000_00, costs=[6_000_00, 4_000_00, 5_000_00]
                ),
            ],
            "public_key": raw(self.key).hex(),
        }

    # --- playing ---

    def draw_choices(self) -> dict:
        choices = {}
        for q in self.rules["questions"]:
            options = [o["key"] for o in q["options"]]
            most = {"single": 1, "approval": q["max_choices"]}.get(q["method"], 1)
            choices[q["key"]] = sorted(self.chance.sample(options, self.chance.randint(0, most)))
        return choices

    def opening(self, parish, choices=None) -> dict:
        """A new ballot: everything that opens it, and its `c`."""
        ballot = {
            "choices": self.draw_choices() if choices is None else choices,
            "word": f"{self.chance.randrange(10**6):06d}",
            "nonce": self.hex(),
            "parish": parish,
            "parish_nonce": self.hex(),
        }
        return {**ballot, "c": self.commit(ballot)}

    def commit(self, ballot: dict) -> str:
        text = b"decide-ballot-v1" + bytes.fromhex(self.poll.replace("-", "")) + verificar.canonical(ballot["choices"])
        return sha256(text + p_of(ballot) + ballot["word"].encode() + bytes.fromhex(ballot["nonce"])).hexdigest()

    def cast(self, parish, replaces=None, choices=None) -> str:
        ballot = self.opening(parish, choices)
        self.leaves.append({"type": "cast", "c": ballot["c"], "replaces": replaces})
        self.ballots.pop(replaces, None)
        self.ballots[ballot["c"]] = ballot
        return ballot["c"]

    def head(self) -> None:
        self.cuts.append(len(self.leaves))

    def close(self, **changed) -> None:
        counts: dict[str, int] = {}
        for ballot in self.ballots.values():
            counts[ballot["parish"]] = counts.get(ballot["parish"], 0) + 1
        order = sorted(counts, key=lambda code: (counts[code], code))
        shown = [code for code in order if counts[code] >= PUBLISH]
        self.opened = set(shown[1:] if len(order) - len(shown) == 1 else shown)
        self.changed = changed
        self.leaves.append(
            {"type": "close", "participants": 0, "ballots": 0, "openings": None, "tally": None, **changed}
        )
        self.head()

    # --- writing ---

    def ballot_lines(self) -> bytes:
        lines = []
        for c, ballot in sorted(self.ballots.items()):
            shown = {"c": c, **{name: ballot[name] for name in ("choices", "word", "nonce")}}
            if ballot["parish"] in self.opened:
                shown |= {"parish": ballot["parish"], "parish_nonce": ballot["parish_nonce"]}
            else:
                shown["p"] = p_of(ballot).hex()
            lines.append(verificar.canonical(shown | ballot.get("extra", {})) + b"\n")
        return b"".join(lines)

    def tally(self) -> dict:
        def empty():
            return {
                q["key"]: {"blank": 0, "options": {o["key"]: 0 for o in q["options"]}} for q in self.rules["questions"]
            }

        def count(into, ballot):
            for key, chosen in ballot["choices"].items():
                if not chosen:
                    into[key]["blank"] += 1
                for option in chosen:
                    if option in into[key]["options"]:
                        into[key]["options"][option] += 1

        questions, parishes = empty(), {}
        for ballot in self.ballots.values():
            count(questions, ballot)
            if ballot["parish"] in self.opened:
                own = parishes.setdefault(ballot["parish"], {"ballots": 0, "questions": empty()})
                own["ballots"] += 1
                count(own["questions"], ballot)
        return {"ballots": len(self.ballots), "questions": questions, "parishes": parishes}

    def files(self) -> dict[str, bytes]:
        """The export, signed: whatever was changed before is signed with the real key."""
        rules = verificar.canonical(self.rules)
        files = {"rules.json": rules}
        for leaf in self.leaves:
            if leaf["type"] == "open" and leaf["rules"] is None:
                leaf["rules"] = sha256(rules).hexdigest()
            if leaf["type"] == "close":
                own = {"participants": len(self.ballots), "ballots": len(self.ballots)}
                if len(self.ballots) >= PUBLISH:
                    files["ballots.jsonl"] = self.ballot_lines()
                    own |= {"openings": sha256(files["ballots.jsonl"]).hexdigest(), "tally": self.tally()}
                leaf.update({**own, **self.changed})
        bodies = [verificar.canonical(leaf) for leaf in self.leaves]
        files["log.jsonl"] = b"".join(body + b"\n" for body in bodies)
        files["heads.jsonl"] = self.sign_heads(bodies)
        return files

    def sign_heads(self, bodies) -> bytes:
        tree, lines, previous = Tree(), [], None
        for n, size in enumerate(self.cuts):
            while tree.size < size:
                tree.append(bodies[tree.size])
            head = {
                "poll": self.poll,
                "previous": previous,
                "root": tree.root.hex(),
                "size": size,
                "time": f"2026-11-0{1 + n}T13:00:00.000Z" if n < 7 else "2026-11-08T22:00:30.500Z",
            }
            signature = self.key.sign(b"decide-head-v1" + verificar.canonical(head))
            line = verificar.canonical({**head, "signature": signature.hex()})
            lines.append(line + b"\n")
            previous = sha256(line).hexdigest()
        return b"".join(lines)

    def receipt(self, c: str, by="2026-11-08T22:10:00Z", key=None, poll=None) -> str:
        signed = f"decide1.{(poll or self.poll).replace('-', '')}.{c}.{by}"
        return f"{signed}.{(key or self.key).sign(signed.encode()).hex()}"

    @property
    def fingerprint(self) -> str:
        return sha256(raw(self.key)).hexdigest()


def p_of(ballot: dict) -> bytes:
    return sha256(ballot["parish"].encode() + bytes.fromhex(ballot["parish_nonce"])).digest()


def play(close=True, **options) -> Election:
    """Twelve people in three parishes (10, 1, 1), two changes, one ballot withdrawn as a duplicate."""
    election = Election(**options)
    a, b, c = (parish["code"] for parish in election.rules["parishes"])
    casts = [election.cast(parish) for parish in [a] * 5 + [b] + [a] * 4 + [c]]
    election.cast(a, replaces=casts[0])
    election.head()
    election.cast(a)
    again = election.cast(a)
    election.cast(a, replaces=casts[3])
    election.leaves.append({"type": "withdraw", "c": again, "reason": "duplicate"})
    del election.ballots[again]
    if close:
        election.close()
    return election


# --- the corpus -------------------------------------------------------------------------------------------------


def cases() -> list[dict]:
    """Every case with all its files: `{"name", "base", "all", "key", "saved", "receipt", "expect"}`."""
    found: list[dict] = []
    good = play()
    closed = good.files()

    def add(name, files, failed=None, *, base="closed", key=good.fingerprint, saved=None, receipt=None):
        expect = (
            {"ok": True} if failed is None else {"ok": False} | dict(zip(("step", "file", "line"), failed, strict=True))
        )
        found.append(
            {
                "name": name,
                "base": None if name == base else base,
                "all": files,
                "key": key,
                "saved": saved,
                "receipt": receipt,
                "expect": expect,
            }
        )

    def lines(name, files=closed):
        return files[name].splitlines(keepends=True)

    def with_line(name, number, line, files=closed):
        changed = lines(name, files)
        changed[number - 1] = line
        return {**files, name: b"".join(changed)}

    log, heads, ballots = "log.jsonl", "heads.jsonl", "ballots.jsonl"
    saved = b"".join(lines(heads)[:2])
    counted = good.receipt(min(good.ballots))
    replaced = good.receipt(good.leaves[1]["c"])

    # Good ones.
    add("closed", closed, saved=saved, receipt=counted)
    add("closed-receipt-replaced", closed, receipt=replaced)
    add("closed-signer-not-checked", closed, key=None)
    running = play(close=False)
    del running.leaves[running.cuts[-1] :]
    now = running.files()
    add("open", now, base="open", receipt=good.receipt("ab" * 32, by="2026-11-08T22:10:00Z"))
    few = Election("few")
    for parish in few.rules["parishes"]:
        few.cast(parish["code"])
    few.close()
    add("few-ballots", few.files(), base="few-ballots", key=few.fingerprint)
    annulled = play(close=False)
    annulled.leaves.append({"type": "annul", "participants": len(annulled.ballots), "reason": "Se imprimió mal."})
    annulled.head()
    add("annulled", annulled.files(), base="annulled")
    fork = play(close=False)
    lost = lines(heads)[1].strip()
    fork.leaves[12:] = [
        {
            "type": "fork",
            "head": sha256(lost).hexdigest(),
            "reason": "Se restauró un respaldo.",
            "root": json.loads(lost)["root"],
            "size": 13,
        },
    ]
    fork.cuts = [1, 12, 13]
    add("forked", fork.files(), base="forked")
    add("forked-from-a-saved-head", fork.files(), ("saved", "saved", 1), base="forked", saved=lines(heads)[1])

    size, root = good.cuts[1], json.loads(lines(heads)[1])["root"]
    add("printed-head", closed, saved=f"{size} {root[:16]}\r\n1\t{json.loads(lines(heads)[0])['root']}\n".encode())
    add("printed-head-other-root", closed, ("saved", "saved", 1), saved=f"{size} {'ab' * 8}".encode())
    add("printed-head-never-signed", closed, ("saved", "saved", 2), saved=f"{size} {root}\n2 {root}\n".encode())
    add("printed-head-longer", closed, ("saved", "saved", 1), saved=f"19 {root}".encode())
    add("saved-empty", closed, ("saved", "saved", 0), saved=b" \n\r\n")

    # One file changed, nothing signed again.
    first = json.loads(lines(ballots)[0])
    flipped = copy.deepcopy(first)
    single = good.rules["questions"][0]
    flipped["choices"][single["key"]] = [] if first["choices"][single["key"]] else [single["options"][0]["key"]]
    add("choice-changed", with_line(ballots, 1, verificar.canonical(flipped) + b"\n"), ("ballots", ballots, 1))
    add(
        "word-changed",
        with_line(ballots, 1, verificar.canonical({**first, "word": "000000"}) + b"\n"),
        ("ballots", ballots, 1),
    )
    add("ballot-removed", {**closed, ballots: b"".join(lines(ballots)[1:])}, ("ballots", ballots, 0))
    stranger = play().opening("170101")
    more = sorted([*lines(ballots), verificar.canonical(stranger) + b"\n"])
    at = next(i for i, line in enumerate(more, 1) if stranger["c"].encode() in line)
    add("ballot-added", {**closed, ballots: b"".join(more)}, ("ballots", ballots, at))
    add("ballot-twice", {**closed, ballots: b"".join([lines(ballots)[0], *lines(ballots)])}, ("ballots", ballots, 2))
    add("ballots-unsorted", {**closed, ballots: b"".join(reversed(lines(ballots)))}, ("ballots", ballots, 2))
    add(
        "not-canonical-space", with_line(ballots, 3, lines(ballots)[2].replace(b":", b": ", 1)), ("ballots", ballots, 3)
    )
    add(
        "not-canonical-escape",
        {**closed, "rules.json": closed["rules.json"].replace("ñ".encode(), b"\\u00f1", 1)},
        ("rules", "rules.json", 1),
    )
    add(
        "name-twice",
        with_line(log, 2, lines(log)[1].replace(b'{"c"', b'{"c":"' + b"0" * 64 + b'","c"', 1)),
        ("log", log, 2),
    )
    add(
        "ballot-with-weight",
        with_line(ballots, 1, verificar.canonical({**first, "weight": 2}) + b"\n"),
        ("ballots", ballots, 1),
    )
    add("ballots-missing", {k: v for k, v in closed.items() if k != ballots}, ("ballots", ballots, 0))
    add("ballots-while-open", {**now, ballots: closed[ballots]}, ("ballots", ballots, 0), base="open")
    add("newline-missing", {**closed, log: closed[log][:-1]}, ("log", log, 0))
    add(
        "rules-changed",
        {**closed, "rules.json": closed["rules.json"].replace(b'"max_choices":2', b'"max_choices":3')},
        ("log", log, 1),
    )
    leaf = json.loads(lines(log)[1])
    add("leaf-changed", with_line(log, 6, verificar.canonical({**leaf, "c": "ab" * 32}) + b"\n"), ("heads", heads, 2))
    add("leaf-removed", {**closed, log: b"".join(lines(log)[:6] + lines(log)[7:])}, ("heads", heads, 2))
    swapped = lines(log)
    swapped[6], swapped[7] = swapped[7], swapped[6]
    add("leaves-swapped", {**closed, log: b"".join(swapped)}, ("heads", heads, 2))
    add("head-removed", {**closed, heads: b"".join([lines(heads)[0], lines(heads)[2]])}, ("heads", heads, 2))
    add("last-head-removed", {**closed, heads: b"".join(lines(heads)[:2])}, ("heads", heads, 0))
    late = json.loads(lines(heads)[2])
    add(
        "head-time-changed",
        with_line(heads, 3, verificar.canonical({**late, "time": "2026-11-08T23:00:00.000Z"}) + b"\n"),
        ("heads", heads, 3),
    )
    add("wrong-fingerprint", closed, ("key", "rules.json", 1), key="ab" * 32)
    add(
        "receipt-forged",
        closed,
        ("receipt", "receipt", 0),
        receipt=good.receipt(min(good.ballots), key=signing_key("x")),
    )
    add(
        "receipt-of-another-poll",
        closed,
        ("receipt", "receipt", 0),
        receipt=good.receipt(min(good.ballots), poll=stranger["nonce"][:32]),
    )
    add("receipt-not-kept", closed, ("receipt", "receipt", 0), receipt=good.receipt("ab" * 32))
    add(
        "receipt-overdue",
        now,
        ("receipt", "receipt", 0),
        base="open",
        receipt=good.receipt("ab" * 32, by="2026-11-02T12:00:00Z"),
    )

    # Signed again with the real key, or with another.
    other = play(key="somebody else")
    add("signed-by-another", other.files(), ("key", "rules.json", 1))
    mixed = play()
    mixed.key = signing_key("somebody else")
    add("heads-by-another-key", {**closed, heads: mixed.files()[heads]}, ("heads", heads, 1))

    def signed(name, change, failed, **options):
        election = play(close=False)
        closing = change(election) or {}
        if election.leaves[-1]["type"] != "close":
            election.close(**closing)
        after = options.pop("after", None)
        if after:
            after(election)
        add(name, election.files(), failed, **options)

    signed("tally-false", lambda e: {"tally": _plus_one(good)}, ("recount", log, 18))
    signed("participants-false", lambda e: {"participants": len(e.ballots) + 1}, ("recount", log, 18))

    signed("tally-too-deep", lambda e: {"tally": _nested(16)}, ("log", log, 18))
    signed("tally-deep", lambda e: {"tally": _nested(15)}, ("recount", log, 18))
    signed("tally-true", lambda e: {"tally": {"ballots": True}}, ("log", log, 18))
    signed("tally-null", lambda e: {"tally": None, "openings": None}, ("ballots", ballots, 0))

    def rule(name, value):
        def change(e):
            e.rules["questions"][0][name] = value

        return change

    signed("single-with-a-number", rule("max_choices", 1), ("rules", "rules.json", 1))
    signed("single-with-a-text", rule("max_choices", "1"), ("rules", "rules.json", 1))
    signed("single-with-an-amount", rule("amount_cents", []), ("rules", "rules.json", 1))

    def vote_late(e):
        e.leaves.append({"type": "cast", "c": "cd" * 32, "replaces": None})
        e.head()

    signed("cast-after-the-close", lambda e: None, ("log", log, 19), after=vote_late)

    def replace_twice(e):
        e.leaves.append({"type": "cast", "c": "cd" * 32, "replaces": e.leaves[1]["c"]})

    signed("replaces-what-is-gone", replace_twice, ("log", log, 18))
    signed("one-commitment-twice", lambda e: e.leaves.append(dict(e.leaves[2])), ("log", log, 18))
    signed("withdrawn-twice", lambda e: e.leaves.append(dict(e.leaves[-1])), ("log", log, 18))
    signed("unknown-leaf", lambda e: e.leaves.append({"type": "note", "text": "x"}), ("log", log, 18))

    def vote(choices_of):
        def change(e):
            e.bad = e.cast("170101", choices=choices_of(e))

        return change

    def failing(name, choices_of):
        election = play(close=False)
        vote(choices_of)(election)
        election.close()
        line = sorted(election.ballots).index(election.bad) + 1
        add(name, election.files(), ("ballots", ballots, line))

    def chosen(e, n, keys):
        blank = {q["key"]: [] for q in e.rules["questions"]}
        return blank | {e.rules["questions"][n]["key"]: keys}

    def options(e, n):
        return sorted(o["key"] for o in e.rules["questions"][n]["options"])

    failing("two-of-a-single", lambda e: chosen(e, 0, options(e, 0)))
    failing("too-many-approved", lambda e: chosen(e, 1, options(e, 1)))
    failing("over-the-amount", lambda e: chosen(e, 2, options(e, 2)))
    failing("option-of-another-question", lambda e: chosen(e, 0, options(e, 1)[:1]))
    failing("option-repeated", lambda e: chosen(e, 1, options(e, 1)[:1] * 2))
    failing("options-unsorted", lambda e: chosen(e, 1, options(e, 1)[:2][::-1]))
    failing("question-missing", lambda e: dict(list(e.draw_choices().items())[:2]))

    small = play(close=False)
    small.close()
    small.opened = {"170101", "170102"}
    add("small-parish-opened", small.files(), ("ballots", ballots, 0))
    elsewhere = play(close=False)
    bad = elsewhere.cast("179999")
    elsewhere.close()
    elsewhere.opened.add("179999")
    add("parish-elsewhere", elsewhere.files(), ("ballots", ballots, sorted(elsewhere.ballots).index(bad) + 1))

    # Rewritten from the beginning with the real key: consistent in itself, and told by what somebody kept.
    rewritten = play(seed="corpus", close=False)
    old = rewritten.leaves[4]["c"]
    new = rewritten.opening("170101")
    rewritten.ballots.pop(old, None)
    rewritten.ballots[new["c"]] = new
    rewritten.leaves = [
        json.loads(json.dumps(each).replace(old, new["c"])) if each["type"] == "cast" else each
        for each in rewritten.leaves
    ]
    rewritten.ballots = {
        c: b for c, b in rewritten.ballots.items() if c not in {each.get("replaces") for each in rewritten.leaves}
    }
    rewritten.close()
    files = rewritten.files()
    add("rewritten-nobody-kept-anything", files)
    add("rewritten-told-by-a-saved-head", files, ("saved", "saved", 2), saved=saved)
    add("rewritten-told-by-a-receipt", files, ("receipt", "receipt", 0), receipt=good.receipt(old))
    shorter = play(close=False)
    del shorter.leaves[shorter.cuts[-1] :]
    add("shortened-told-by-a-saved-head", shorter.files(), ("saved", "saved", 1), base="open", saved=lines(heads)[2])
    return found


def _plus_one(election: Election) -> dict:
    tally = election.tally()
    options = next(iter(tally["questions"].values()))["options"]
    options[next(iter(options))] += 1
    return tally


def _nested(levels: int) -> dict:
    return {"in": _nested(levels - 1)} if levels > 1 else {}


def write(folder: Path) -> int:
    """Write the corpus; returns how many cases."""
    everything = cases()
    by_name = {case["name"]: case["all"] for case in everything}
    table = []
    for case in everything:
        base = by_name[case["base"]] if case["base"] else {}
        own = {name: text for name, text in case["all"].items() if base.get(name) != text}
        for name, text in own.items():
            (folder / case["name"]).mkdir(parents=True, exist_ok=True)
            (folder / case["name"] / name).write_bytes(text)
        if case["saved"]:
            (folder / case["name"]).mkdir(parents=True, exist_ok=True)
            (folder / case["name"] / "saved").write_bytes(case["saved"])
        table.append(
            {
                "name": case["name"],
                "base": case["base"],
                "files": sorted(own),
                "drop": sorted(set(base) - set(case["all"])),
                "key": case["key"],
                "saved": bool(case["saved"]),
                "receipt": case["receipt"],
                "expect": case["expect"],
            }
        )
    (folder / "cases.json").write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n")
    return len(table)


def read(folder: Path = CORPUS) -> list[dict]:
    """The corpus as it is stored: each case with `all` its files as bytes and `saved` as bytes or None."""
    table = json.loads((folder / "cases.json").read_text())
    by_name: dict[str, dict] = {}
    for case in table:
        files = dict(by_name[case["base"]]) if case["base"] else {}
        files |= {name: (folder / case["name"] / name).read_bytes() for name in case["files"]}
        case["all"] = {name: text for name, text in files.items() if name not in case["drop"]}
        case["saved"] = (folder / case["name"] / "saved").read_bytes() if case["saved"] else None
        by_name[case["name"]] = case["all"]
    return table


if __name__ == "__main__":
    print(write(CORPUS), "cases")
    sys.exit()
