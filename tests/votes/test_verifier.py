"""verificar.py: every case of the corpus, every way of changing a byte, and what only a kept head or receipt tells."""

import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.votes import exports
from votes import verificar

CASES = exports.read()


def judge(case) -> dict:
    found = verificar.verify(case["all"], case["key"], case["saved"], case["receipt"])
    if found["ok"]:
        return {"ok": True}
    return {"ok": False} | {name: found["failed"][name] for name in ("step", "file", "line")}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_verdict_names_the_first_failure(case):
    assert judge(case) == case["expect"]


def test_corpus_has_enough_of_both():
    good = [case for case in CASES if case["expect"]["ok"]]
    bad = [case for case in CASES if not case["expect"]["ok"]]
    assert len(good) >= 3
    assert len(bad) >= 12


def test_corpus_is_what_its_maker_makes(tmp_path):
    exports.write(tmp_path)
    fresh = {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    kept = {p.relative_to(exports.CORPUS): p.read_bytes() for p in exports.CORPUS.rglob("*") if p.is_file()}
    assert fresh == kept, "python -m tests.votes.exports"


@pytest.mark.parametrize("name", ["closed", "open", "annulled", "few-ballots", "forked"])
def test_no_single_byte_can_be_changed(name):
    """A sample of changes, deletions and insertions; `make bench` does 10,000."""
    files = next(case["all"] for case in CASES if case["name"] == name)
    assert tamper_at_random(files, 120, seed=name) == []


def tamper_at_random(files: dict[str, bytes], times: int, seed) -> list[tuple]:
    """Change one random byte, `times` times; what was not detected."""
    chance, missed = random.Random(seed), []
    names = [name for name, text in files.items() for _each in range(len(text) // 500 + 1)]
    for _n in range(times):
        name = chance.choice(names)
        text = bytearray(files[name])
        at, how = chance.randrange(len(text)), chance.choice(["change", "change", "bit", "delete", "insert"])
        if how == "change":
            text[at] = (text[at] + chance.randrange(1, 256)) % 256
        elif how == "bit":
            text[at] ^= 1 << chance.randrange(8)
        elif how == "delete":
            del text[at]
        else:
            text.insert(at, chance.randrange(256))
        if verificar.verify({**files, name: bytes(text)})["ok"] and bytes(text) != files[name]:
            missed.append((name, at, how))
    return missed


@settings(deadline=None)  # the library of signatures is loaded by the first that asks
@given(st.dictionaries(st.sampled_from(exports.NAMES), st.binary(max_size=200)))
def test_nonsense_is_a_verdict_and_no_crash(files):
    assert not verificar.verify(files)["ok"]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)
CLOSED = next(case["all"] for case in CASES if case["name"] == "closed")


@settings(deadline=None)
@given(st.data())
def test_any_value_in_any_place_of_the_rules_is_a_verdict_and_no_crash(data):
    """Canonical, but of the wrong kind: the verifier says so instead of stumbling."""
    name = data.draw(st.sampled_from(exports.NAMES))
    lines = CLOSED[name].split(b"\n")
    at = data.draw(st.integers(0, max(0, len(lines) - 2)))
    value = json.loads(lines[at])
    place, key = value, data.draw(st.sampled_from(sorted(value)))
    while isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
        place = place[key]
        key = (
            data.draw(st.sampled_from(sorted(place)))
            if isinstance(place, dict)
            else data.draw(st.integers(0, len(place) - 1))
        )
    new = data.draw(JUNK)
    if verificar.canonical(new) == verificar.canonical(place[key]):
        return
    place[key] = new
    lines[at] = verificar.canonical(value)
    assert not verificar.verify({**CLOSED, name: b"\n".join(lines)})["ok"]


def test_each_check_says_what_it_did_and_how_it_ended(tmp_path):
    for name, text in CLOSED.items():
        (tmp_path / name).write_bytes(text)
    run = [sys.executable, "-I", verificar.__file__, str(tmp_path)]
    done = subprocess.run(run, capture_output=True, text=True)
    assert done.returncode == 0
    assert [line.split()[1] for line in done.stdout.splitlines() if line.startswith("✓")] == [
        *("rules", "log", "heads", "ballots", "recount")
    ]
    assert "FIRMANTE NO COMPROBADO" in done.stdout
    fingerprint = re.search("[0-9a-f]{64}", done.stdout.splitlines()[-1])[0]
    spoken = " ".join(fingerprint[i : i + 4] for i in range(0, 64, 4)).upper()  # as it is printed on paper
    done = subprocess.run([*run, "--key", spoken], capture_output=True, text=True)
    assert (done.returncode, "TODO CUADRA" in done.stdout) == (0, True)


def test_the_verifier_shares_no_code_with_the_platform():
    source = Path(verificar.__file__).read_text()
    imports = set(re.findall(r"^\s*(?:from|import) (\w+)", source, re.MULTILINE))
    assert imports == {"argparse", "json", "re", "sys", "time", "hashlib", "pathlib", "cryptography", "nacl"}
