#!/usr/bin/env python3
"""Comprueba, sin confiar en nadie, la exportación de una votación de Decide.

    python3 verificar.py CARPETA [--key HUELLA] [--heads ARCHIVO] [--receipt CÓDIGO]

CARPETA tiene rules.json, log.jsonl, heads.jsonl y, si se publicaron los votos, ballots.jsonl.
--key      la huella de la clave de la plataforma, como está impresa en hojas y comprobantes (64 cifras)
--heads    cabezas firmadas que usted guardó antes, una por línea: enteras, como en la página, o como en la
           hoja impresa, el número de hojas y las primeras 16 letras de la raíz o más: 120 9f86d081884c7d65
--receipt  el código de un comprobante, o solo el del voto (64 cifras)

Solo necesita Python 3.9 o más nuevo y una biblioteca de Ed25519: `pip install cryptography` (o `pynacl`).
El formato está en docs/export-format.md. Sale con 0 si todo cuadra, con 1 si algo no cuadra, con 2 si no pudo leer.

This one file shares no code with the platform, so that it can be read, and written again, by somebody else.
"""

import argparse
import json
import re
import sys
import time
from hashlib import sha256
from pathlib import Path

HEX = re.compile("[0-9a-f]{64}")
SIGNATURE = re.compile("[0-9a-f]{128}")
WORD = re.compile("[0-9]{6}")
PARISH = re.compile("[0-9]{6}")
UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
RECEIPT = re.compile(
    r"(decide1\.([0-9a-f]{32})\.([0-9a-f]{64})\.([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z))\.([0-9a-f]{128})"
)
PRINTED = re.compile(rb"([1-9][0-9]{0,11})[ \t]+([0-9a-f]{16,64})")  # as on the printed sheet: leaves, root
LARGEST = 2**53 - 1
DEEPEST = 16  # lists and objects inside one another

# A canonical line of a cast and of a ballot can be nothing else: reading them so is ten times faster than as JSON.
CAST = re.compile(rb'\{"c":"([0-9a-f]{64})","replaces":(?:null|"([0-9a-f]{64})"),"type":"cast"\}')
BALLOT = re.compile(
    rb'\{"c":"([0-9a-f]{64})","choices":(\{.*\}),"nonce":"([0-9a-f]{64})",'
    rb'(?:"p":"([0-9a-f]{64})"|"parish":"([0-9]{6})","parish_nonce":"([0-9a-f]{64})"),"word":"([0-9]{6})"\}'
)

RULES = {
    "format": str, "poll": str, "title": str, "summary": str, "decided_by": str, "answers_for": str, "effect": str,
    "opens_at": str, "closes_at": str, "level": str, "age": int, "running_totals": str, "scope": str,
    "parishes": list, "population": int, "batch": int, "publish": int, "questions": list, "public_key": str,
}  # fmt: skip
QUESTION = {"key", "text", "help", "method", "max_choices", "amount_cents", "options"}
OPTION = {"key", "text", "description", "link", "cost_cents"}
LEAVES = {
    "open": {"type", "poll", "rules"},
    "cast": {"type", "c", "replaces"},
    "withdraw": {"type", "c", "reason"},
    "fork": {"type", "head", "reason", "root", "size"},
    "close": {"type", "ballots", "openings", "participants", "tally"},
    "annul": {"type", "participants", "reason"},
}
HEAD = {"poll", "previous", "root", "signature", "size", "time"}


class Failure(Exception):
    """Something does not add up: which step, in which file, on which line (from 1; 0 is the file as a whole)."""

    def __init__(self, step, file, line, text):
        super().__init__(text)
        self.step, self.file, self.line, self.text = step, file, line, text


# --- canonical JSON, signatures -------------------------------------------------------------------------------


def refuse(text):
    raise ValueError("number")


def whole(text):
    number = int(text)
    if not 0 <= number <= LARGEST or text == "-0":
        raise ValueError("number")
    return number


DECODER = json.JSONDecoder(parse_float=refuse, parse_constant=refuse, parse_int=whole)
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
UNSORTED = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def canonical(value):
    """The canonical bytes of a value. Names are sorted as UTF-16, which differs from Python beyond ASCII."""
    text = ENCODER.encode(value)
    return text.encode() if text.isascii() else UNSORTED.encode(_sorted(value)).encode()


def _sorted(value):
    if type(value) is dict:
        return {name: _sorted(value[name]) for name in sorted(value, key=lambda n: n.encode("utf-16-be"))}
    if type(value) is list:
        return [_sorted(item) for item in value]
    return value


def parse(text):
    """The value of canonical bytes; ValueError for all else."""
    try:
        value = DECODER.decode(text.decode())
        check_kinds(value)
        if canonical(value) != text:
            raise ValueError("not canonical")
    except RecursionError:
        raise ValueError("too deep") from None
    return value


def check_kinds(value, room=DEEPEST):
    """ValueError for what the format does not know: true and false, and more levels than it needs."""
    if type(value) is bool:
        raise ValueError("boolean")
    if type(value) in (dict, list):
        if not room:
            raise ValueError("too deep")
        for item in value.values() if type(value) is dict else value:
            check_kinds(item, room - 1)


def signature_checker():
    """`check(key, signature, message) -> bool`, by the library that is there."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        def check(key, signature, message):
            try:
                Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
            except (InvalidSignature, ValueError):
                return False
            return True

    except ImportError:
        from nacl.exceptions import CryptoError
        from nacl.signing import VerifyKey

        def check(key, signature, message):
            try:
                VerifyKey(key).verify(message, signature)
            except (CryptoError, ValueError):
                return False
            return True

    return check


# --- the steps ------------------------------------------------------------------------------------------------


class Verifier:
    """`files`: name → bytes. `steps` says what was checked; `run` ends at the first Failure."""

    def __init__(self, files, key=None, saved=None, receipt=None):
        self.files, self.key, self.saved, self.receipt = files, key, saved, receipt
        self.steps = []
        self.signed = signature_checker()

    def run(self):
        for step in ("rules", "key", "log", "heads", "saved", "ballots", "recount", "receipt"):
            if text := getattr(self, "check_" + step)():
                self.steps.append((step, text))

    def lines(self, step, name):
        """The lines of a file, without their newlines."""
        text = self.files.get(name)
        if text is None:
            raise Failure(step, name, 0, "Falta el archivo.")
        if not text.endswith(b"\n"):
            raise Failure(step, name, 0, "El archivo no termina con un salto de línea: puede estar cortado.")
        return text[:-1].split(b"\n")

    def check_rules(self):
        def need(fact, text):
            if not fact:
                raise Failure("rules", "rules.json", 1, text)

        text = self.files.get("rules.json")
        if text is None:
            raise Failure("rules", "rules.json", 0, "Falta el archivo.")
        try:
            rules = parse(text)
        except ValueError:
            raise Failure("rules", "rules.json", 1, "No es JSON canónico.") from None
        need(type(rules) is dict and set(rules) == set(RULES), "No tiene exactamente los datos esperados.")
        need(all(type(rules[name]) is kind for name, kind in RULES.items()), "Un dato no es de la clase esperada.")
        need(rules["format"] == "decide-ballot-v1", "El formato es otro.")
        need(UUID.fullmatch(rules["poll"]), "La clave de la votación no es válida.")
        need(HEX.fullmatch(rules["public_key"]), "La clave pública no es válida.")
        need(MOMENT.fullmatch(rules["opens_at"]) and MOMENT.fullmatch(rules["closes_at"]), "Una fecha no es válida.")
        need(rules["opens_at"] < rules["closes_at"], "Se cierra antes de abrirse.")
        need(rules["effect"] in ("binding", "recommendation", "information"), "El efecto no es válido.")
        need(rules["level"] in ("register", "desk"), "El nivel de verificación no es válido.")
        need(rules["running_totals"] in ("live", "at_close"), "La regla de los totales no es válida.")
        need(rules["scope"] in ("district", "parishes"), "El ámbito no es válido.")
        codes = []
        for parish in rules["parishes"]:
            need(type(parish) is dict and set(parish) == {"code", "name", "population", "zone"}, "Parroquia no válida.")
            need(type(parish["code"]) is str and PARISH.fullmatch(parish["code"]), "Código de parroquia no válido.")
            need(type(parish["name"]) is str and type(parish["zone"]) is str, "Parroquia no válida.")
            need(type(parish["population"]) is int, "Población no válida.")
            codes.append(parish["code"])
        need(codes == sorted(set(codes)) and codes, "Las parroquias no están en orden, o se repiten.")
        need(rules["population"] == sum(p["population"] for p in rules["parishes"]), "La población no es la suma.")
        keys = []
        need(rules["questions"], "No hay preguntas.")
        for question in rules["questions"]:
            need(type(question) is dict and set(question) == QUESTION, "Pregunta no válida.")
            method = question["method"]
            need(method in ("single", "approval", "budget"), "El método de una pregunta no es válido.")
            for name, where in (("max_choices", "approval"), ("amount_cents", "budget")):
                number = question[name]
                need(type(number) is int if method == where else number is None, f"{name} no corresponde.")
            need(type(question["text"]) is str and type(question["help"]) is str, "Pregunta no válida.")
            need(type(question["options"]) is list and question["options"], "Una pregunta no tiene opciones.")
            keys.append(question["key"])
            for option in question["options"]:
                need(type(option) is dict and set(option) == OPTION, "Opción no válida.")
                need(all(type(option[n]) is str for n in ("text", "description", "link")), "Opción no válida.")
                cost = option["cost_cents"]
                need(type(cost) is int if method == "budget" else cost is None, "El costo de una opción no es válido.")
                keys.append(option["key"])
        need(all(type(k) is str and UUID.fullmatch(k) for k in keys), "Una clave no es válida.")
        need(len(set(keys)) == len(keys), "Una clave se repite.")
        self.rules, self.codes = rules, set(codes)
        self.poll, self.public_key = bytes.fromhex(rules["poll"].replace("-", "")), bytes.fromhex(rules["public_key"])
        self.fingerprint = sha256(self.public_key).hexdigest()
        self.questions = {
            q["key"]: (
                q["method"],
                q["max_choices"],
                q["amount_cents"],
                {o["key"]: o["cost_cents"] for o in q["options"]},
            )
            for q in rules["questions"]
        }
        options = sum(len(q["options"]) for q in rules["questions"])
        return (
            f"Las reglas son canónicas: {len(self.questions)} preguntas, {options} opciones, {len(codes)} parroquias."
        )

    def check_key(self):
        if self.key is None:
            return None
        if re.sub("[^0-9a-f]", "", self.key.lower()) != self.fingerprint:
            raise Failure(
                "key", "rules.json", 1, f"La huella de la clave es {self.fingerprint}, y no la que usted dio."
            )
        return "La clave que firma es la de la huella que usted dio."

    def check_log(self):
        self.leaves = self.lines("log", "log.jsonl")
        live, cast, gone, last = set(), set(), {}, None
        for number, line in enumerate(self.leaves, 1):

            def need(fact, text, number=number):
                if not fact:
                    raise Failure("log", "log.jsonl", number, text)

            quick = CAST.fullmatch(line)
            if quick:
                c, old = quick.groups()
                leaf = {"type": "cast", "c": c.decode(), "replaces": old and old.decode()}
            else:
                try:
                    leaf = parse(line)
                except ValueError:
                    raise Failure("log", "log.jsonl", number, "No es JSON canónico.") from None
            need(type(leaf) is dict and type(leaf.get("type")) is str, "No es una hoja.")
            kind = leaf["type"]
            need(kind in LEAVES and set(leaf) == LEAVES[kind], "No tiene exactamente los datos de una hoja conocida.")
            need((kind == "open") == (number == 1), "La hoja «open» va al principio, y solo allí.")
            need(last not in ("close", "annul"), "Hay una hoja después del cierre.")
            if kind == "cast":
                c, old = leaf["c"], leaf["replaces"]
                need(type(c) is str and HEX.fullmatch(c), "El código del voto no es válido.")
                need(c not in cast, "El mismo voto consta dos veces.")
                if old is not None:
                    need(type(old) is str and old in live, "Reemplaza un voto que no estaba vigente.")
                    live.remove(old)
                    gone[old] = "replaced"
                cast.add(c)
                live.add(c)
            elif kind == "open":
                need(leaf["poll"] == self.rules["poll"], "El registro es de otra votación.")
                need(leaf["rules"] == sha256(self.files["rules.json"]).hexdigest(), "Las reglas no son las congeladas.")
            elif kind == "withdraw":
                need(leaf["reason"] == "duplicate", "El motivo de un retiro no es válido.")
                need(type(leaf["c"]) is str and leaf["c"] in live, "Retira un voto que no estaba vigente.")
                live.remove(leaf["c"])
                gone[leaf["c"]] = "withdrawn"
            elif kind == "fork":
                well = all(type(leaf[n]) is str and HEX.fullmatch(leaf[n]) for n in ("head", "root"))
                need(well and type(leaf["reason"]) is str and type(leaf["size"]) is int, "La bifurcación no es válida.")
            elif kind == "close":
                counts = (leaf["participants"], leaf["ballots"])
                need(all(type(n) is int for n in counts), "El cierre no es válido.")
                o, tally = leaf["openings"], leaf["tally"]
                need(o is None or (type(o) is str and HEX.fullmatch(o)), "El cierre no es válido.")
                need(tally is None or type(tally) is dict, "El cierre no es válido.")
                need((o is None) == (tally is None), "El cierre no es válido.")
            else:
                need(type(leaf["participants"]) is int and type(leaf["reason"]) is str, "La anulación no es válida.")
            if kind == "fork":
                self.steps.append(
                    ("fork", f"ATENCIÓN: en la línea {number} dos funcionarios declararon que el registro continúa "
                             f"desde un estado anterior: {leaf['reason']}")
                )  # fmt: skip
            last, self.last = kind, leaf
        self.live, self.cast, self.gone, self.ended = live, cast, gone, last in ("close", "annul")
        end = {"close": "cerrada", "annul": "anulada"}.get(last, "abierta")
        return (
            f"El registro público tiene {len(self.leaves)} hojas en orden; {len(live)} votos vigentes, "
            f"{len(gone)} reemplazados o retirados. La votación está {end}."
        )

    def check_heads(self):
        self.heads, previous, peaks, size = {}, None, [], 0
        for number, line in enumerate(self.lines("heads", "heads.jsonl"), 1):

            def need(fact, text, number=number):
                if not fact:
                    raise Failure("heads", "heads.jsonl", number, text)

            head = self.read_head("heads", "heads.jsonl", number, line)
            need(head["previous"] == (previous and sha256(previous[0]).hexdigest()), "No sigue a la cabeza anterior.")
            need(size < head["size"] <= len(self.leaves), "Su tamaño no corresponde al registro.")
            need(previous is None or previous[1]["time"] <= head["time"], "Es anterior a la cabeza anterior.")
            first = size + 1
            while size < head["size"]:
                node, rest = sha256(b"\x00" + self.leaves[size]).digest(), size
                while rest & 1:
                    node, rest = sha256(b"\x01" + peaks.pop() + node).digest(), rest >> 1
                peaks.append(node)
                size += 1
            root = peaks[-1]
            for peak in reversed(peaks[:-1]):
                root = sha256(b"\x01" + peak + root).digest()
            need(head["root"] == root.hex(), f"Su raíz no es la de las hojas {first} a {size}: alguna se cambió.")
            self.heads[size], previous = line, (line, head)
        if size != len(self.leaves):
            raise Failure("heads", "heads.jsonl", 0, f"Ninguna cabeza cubre las hojas desde la {size + 1}.")
        self.time = previous[1]["time"]
        return f"Las {len(self.heads)} cabezas están firmadas, encadenadas, y sus raíces son las del registro."

    def read_head(self, step, file, number, line):
        """A head of this poll with a valid signature."""

        def need(fact, text):
            if not fact:
                raise Failure(step, file, number, text)

        try:
            head = parse(line)
        except ValueError:
            raise Failure(step, file, number, "No es JSON canónico.") from None
        need(type(head) is dict and set(head) == HEAD, "No tiene exactamente los datos de una cabeza.")
        need(head["poll"] == self.rules["poll"], "La cabeza es de otra votación.")
        need(type(head["size"]) is int and type(head["time"]) is str, "La cabeza no es válida.")
        need(MOMENT.fullmatch(head["time"]), "La fecha de la cabeza no es válida.")
        need(type(head["root"]) is str and HEX.fullmatch(head["root"]), "La raíz no es válida.")
        need(type(head["signature"]) is str and SIGNATURE.fullmatch(head["signature"]), "La firma no es válida.")
        unsigned = {name: value for name, value in head.items() if name != "signature"}
        message = b"decide-head-v1" + canonical(unsigned)
        need(self.signed(self.public_key, bytes.fromhex(head["signature"]), message), "La firma no es de esta clave.")
        return head

    def check_saved(self):
        if self.saved is None:
            return None
        lines = [line for line in self.saved.replace(b"\r", b"").split(b"\n") if line.strip()]
        for number, line in enumerate(lines, 1):
            printed = PRINTED.fullmatch(line.strip())
            size = int(printed[1]) if printed else self.read_head("saved", "saved", number, line.strip())["size"]
            if size > len(self.leaves):
                raise Failure(
                    "saved", "saved", number,
                    f"Usted guardó una cabeza de {size} hojas y el registro {len(self.leaves)}: se acortó.",
                )  # fmt: skip
            here = self.heads.get(size)
            same = here == line.strip() if not printed else here and b'"root":"' + printed[2] in here
            if not same:
                raise Failure(
                    "saved", "saved", number,
                    f"La cabeza que usted guardó (tamaño {size}) no es la de este registro: se reescribió.",
                )  # fmt: skip
        if not lines:
            raise Failure("saved", "saved", 0, "El archivo de cabezas guardadas está vacío.")
        return f"Las {len(lines)} cabezas que usted guardó están en este registro, iguales."

    def choices_fail(self, choices):
        """Why these choices are not valid under the rules, or None."""
        if type(choices) is not dict or choices.keys() != self.questions.keys():
            return "No responde exactamente a las preguntas."
        for key, (method, most, amount, options) in self.questions.items():
            chosen = choices[key]
            if type(chosen) is not list or not all(type(o) is str and o in options for o in chosen):
                return "Elige algo que no es una opción de la pregunta."
            if any(a >= b for a, b in zip(chosen, chosen[1:])):  # noqa: B905, RUF007  Python 3.9
                return "Las opciones no están en orden, o se repiten."
            if method != "budget" and len(chosen) > (1 if method == "single" else most):
                return "Elige más opciones de las permitidas."
            if method == "budget" and sum(options[o] for o in chosen) > amount:
                return "Los proyectos pasan del monto."
        return None

    def check_ballots(self):
        name, published = "ballots.jsonl", self.files.get("ballots.jsonl")
        opened = self.last["type"] == "close" and self.last["openings"] is not None
        if not opened:
            if published is not None:
                raise Failure("ballots", name, 0, "Hay votos abiertos, y no debería haberlos.")
            if self.last["type"] == "close":
                if len(self.live) >= self.rules["publish"]:
                    raise Failure("ballots", name, 0, "Faltan los votos abiertos.")
                return f"Hay menos de {self.rules['publish']} votos: solo se publica la participación."
            return None
        if len(self.live) < self.rules["publish"]:
            raise Failure("ballots", name, 0, f"Con menos de {self.rules['publish']} votos no se abre ninguno.")
        lines = self.lines("ballots", name)
        start = b"decide-ballot-v1" + self.poll
        known, groups, last = {}, {}, ""
        self.openings = {}
        for number, line in enumerate(lines, 1):

            def need(fact, text, number=number):
                if not fact:
                    raise Failure("ballots", name, number, text)

            found = BALLOT.fullmatch(line)
            need(found, "No es la línea canónica de un voto.")
            c, choices, nonce, p, parish, parish_nonce, word = found.groups()
            c = c.decode()
            need(last < c, "Los votos no están en orden, o se repiten.")
            if choices not in known:  # many people choose the same
                try:
                    known[choices] = parse(choices)
                except ValueError:
                    raise Failure("ballots", name, number, "No es JSON canónico.") from None
                failed = self.choices_fail(known[choices])
                need(failed is None, failed)
            if parish:
                need(parish.decode() in self.codes, "La parroquia no es del ámbito.")
                p = sha256(parish + bytes.fromhex(parish_nonce.decode())).digest()
            else:
                p = bytes.fromhex(p.decode())
            opening = start + choices + p + word + bytes.fromhex(nonce.decode())
            need(sha256(opening).hexdigest() == c, "El voto abierto no es el que consta en el registro.")
            need(c in self.live, "El voto no está vigente en el registro.")
            groups[parish, choices] = groups.get((parish, choices), 0) + 1
            self.openings[c], last = number, c
        tally, parishes, counts = self.empty(), {}, {}
        for (parish, choices), times in groups.items():
            self.count(tally, known[choices], times)
            if parish:
                code = parish.decode()
                self.count(parishes.setdefault(code, self.empty()), known[choices], times)
                counts[code] = counts.get(code, 0) + times
        if len(lines) != len(self.live):
            raise Failure("ballots", name, 0, f"Hay {len(lines)} votos abiertos y {len(self.live)} vigentes.")
        if sha256(published).hexdigest() != self.last["openings"]:
            raise Failure("ballots", name, 0, "El archivo no es el que se firmó al cierre.")
        if any(n < self.rules["publish"] for n in counts.values()):
            raise Failure("ballots", name, 0, "Se abrió una parroquia con muy pocos votos.")
        self.tally = {
            "ballots": len(lines),
            "questions": tally,
            "parishes": {code: {"ballots": counts[code], "questions": parishes[code]} for code in counts},
        }
        return (
            f"Los {len(lines)} votos abiertos son los vigentes, válidos según las reglas; "
            f"{len(counts)} parroquias abiertas, {len(lines) - sum(counts.values())} votos sin parroquia."
        )

    def empty(self):
        return {key: {"blank": 0, "options": dict.fromkeys(q[3], 0)} for key, q in self.questions.items()}

    def count(self, tally, choices, times):
        for key, chosen in choices.items():
            for option in chosen:
                tally[key]["options"][option] += times
            if not chosen:
                tally[key]["blank"] += times

    def check_recount(self):
        if not self.ended:
            return None
        line, n = len(self.leaves), len(self.live)
        if self.last["participants"] != n or self.last.get("ballots", n) != n:
            raise Failure("recount", "log.jsonl", line, f"Los participantes no son tantos como los {n} votos vigentes.")
        if self.last["type"] == "annul":
            return f"Anulada: {n} participantes, ningún voto abierto."
        if self.last["tally"] is None:
            return f"{n} participantes, tantos como votos."
        if self.last["tally"] != self.tally or canonical(self.last["tally"]) != canonical(self.tally):
            raise Failure("recount", "log.jsonl", line, "El resultado firmado no es el que da el nuevo conteo.")
        return f"Contados de nuevo, los {n} votos dan el resultado publicado; participantes y votos son iguales."

    def check_receipt(self):
        if self.receipt is None:
            return None

        def need(fact, text):
            if not fact:
                raise Failure("receipt", "receipt", 0, text)

        code = "".join(self.receipt.split())
        due = None
        if HEX.fullmatch(code):
            c = code
        else:
            parts = RECEIPT.fullmatch(code)
            need(parts, "No es el código de un comprobante.")
            signed, poll, c, due, signature = parts.groups()
            need(poll == self.poll.hex(), "El comprobante es de otra votación.")
            well = self.signed(self.public_key, bytes.fromhex(signature), signed.encode())
            need(well, "El comprobante no está firmado con esta clave.")
        if c not in self.cast:
            late = self.ended or due is None or self.time[:19] > due[:19]
            need(not late, "El voto del comprobante NO está en el registro: la plataforma no cumplió.")
            return f"El voto del comprobante aún no está en el registro; debe estar desde {due}."
        if c in self.gone:
            how = {"replaced": "fue reemplazado por otro posterior", "withdrawn": "fue retirado por duplicado"}
            return f"El voto del comprobante está en el registro, y {how[self.gone[c]]}."
        where = getattr(self, "openings", {}).get(c)
        return "El voto del comprobante está en el registro" + (
            f", contado: línea {where} de ballots.jsonl." if where else ", vigente."
        )


def verify(files, key=None, saved=None, receipt=None):
    """`{"ok", "steps": [(name, text)], "failed": None or {"step","file","line","text"}, "fingerprint"}`.

    files: name → bytes; saved: bytes of saved heads; never raises for what the files hold.
    """
    verifier = Verifier(files, key, saved, receipt)
    failed = None
    try:
        verifier.run()
    except Failure as failure:
        failed = {"step": failure.step, "file": failure.file, "line": failure.line, "text": failure.text}
    return {
        "ok": failed is None,
        "steps": verifier.steps,
        "failed": failed,
        "fingerprint": getattr(verifier, "fingerprint", None),
    }


def main():
    parser = argparse.ArgumentParser(description="Comprueba la exportación de una votación de Decide.")
    parser.add_argument("folder", type=Path, metavar="CARPETA")
    parser.add_argument("--key", metavar="HUELLA")
    parser.add_argument("--heads", type=Path, metavar="ARCHIVO")
    parser.add_argument("--receipt", metavar="CÓDIGO")
    given = parser.parse_args()
    started = time.perf_counter()
    names = ("rules.json", "log.jsonl", "heads.jsonl", "ballots.jsonl")
    try:
        files = {name: (given.folder / name).read_bytes() for name in names if (given.folder / name).exists()}
        saved = given.heads.read_bytes() if given.heads else None
    except OSError as error:
        print(f"No se pudo leer: {error}", file=sys.stderr)
        return 2
    try:
        found = verify(files, given.key, saved, given.receipt)
    except ImportError:
        print("Falta una biblioteca de Ed25519: pip install cryptography (o pynacl).", file=sys.stderr)
        return 2
    for step, text in found["steps"]:
        print(f"{'!' if step == 'fork' else '✓'} {step:8} {text}")
    if failed := found["failed"]:
        where = f"{failed['file']}, línea {failed['line']}" if failed["line"] else failed["file"]
        print(f"✗ {failed['step']:8} {where}: {failed['text']}")
        print("NO CUADRA.")
        return 1
    if given.key:
        print(f"TODO CUADRA ({time.perf_counter() - started:.1f} s).")
    else:
        print(f"CONSISTENTE, FIRMANTE NO COMPROBADO ({time.perf_counter() - started:.1f} s).")
        print(f"Compare usted la huella de la clave: {found['fingerprint']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
