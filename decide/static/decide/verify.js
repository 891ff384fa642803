// Counts a poll again without trusting anybody: the second verifier, beside votes/verificar.py, written after
// docs/export-format.md. Both give the same verdict on tests/votes/corpus. Nothing is fetched, shown or sent from here.
//
//   await verify(files, { key, saved, receipt, told })
//     files: { name: Uint8Array }; key: a fingerprint; saved: Uint8Array, heads somebody kept; receipt: a code;
//     told(step, done, of): how far it is
//   → { ok, steps: [{ step, said, … }], failed: null | { step, file, line, why, … }, fingerprint, signed, tally, questions }
//     "said:…" and "why:…" name sentences that the page has in words. `signed` is false where the browser has no Ed25519.
//
// As a module worker it says { ready }, takes one message { files, given }, tells { told }, ends with { result } or { broken }.

export const NAMES = ["rules.json", "log.jsonl", "heads.jsonl", "ballots.jsonl"];
const [RULES_FILE, LOG_FILE, HEADS_FILE, BALLOTS_FILE] = NAMES;
const STEPS = ["rules", "key", "log", "heads", "saved", "ballots", "recount", "receipt"];

const HEX = /^[0-9a-f]{64}$/;
const SIGNATURE = /^[0-9a-f]{128}$/;
const PARISH = /^[0-9]{6}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const MOMENT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/;
const RECEIPT = /^(decide1\.([0-9a-f]{32})\.([0-9a-f]{64})\.([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z))\.([0-9a-f]{128})$/;
const PRINTED = /^([1-9][0-9]{0,11})[ \t]+([0-9a-f]{16,64})$/;
// A canonical line of a cast or of a ballot can be nothing else: so they are read faster than as JSON. What stands between
// a ballot's braces is judged as choices.
const CAST = /^\{"c":"([0-9a-f]{64})","replaces":(?:null|"([0-9a-f]{64})"),"type":"cast"\}$/;
const BALLOT = /^\{"c":"([0-9a-f]{64})","choices":(\{[^]*\}),"nonce":"([0-9a-f]{64})",(?:"p":"([0-9a-f]{64})"|"parish":"([0-9]{6})","parish_nonce":"([0-9a-f]{64})"),"word":"[0-9]{6}"\}$/;
const CHOICES_AT = '{"c":"","choices":'.length + 64;
const PARISH_AT = ',"nonce":"","parish":"'.length + 64; // from the end of the choices
const WORD_AT = -'000000"}'.length;

const RULES = {
  format: "string", poll: "string", title: "string", summary: "string", decided_by: "string", answers_for: "string",
  effect: "string", opens_at: "string", closes_at: "string", level: "string", age: "number", running_totals: "string",
  scope: "string", parishes: "list", population: "number", batch: "number", publish: "number", questions: "list",
  public_key: "string",
};
const QUESTION = ["key", "text", "help", "method", "max_choices", "amount_cents", "options"];
const OPTION = ["key", "text", "description", "link", "cost_cents"];
const LEAVES = new Map([
  ["open", ["type", "poll", "rules"]],
  ["cast", ["type", "c", "replaces"]],
  ["withdraw", ["type", "c", "reason"]],
  ["fork", ["type", "head", "reason", "root", "size"]],
  ["close", ["type", "ballots", "openings", "participants", "tally"]],
  ["annul", ["type", "participants", "reason"]],
]);
const HEAD = ["poll", "previous", "root", "signature", "size", "time"];

const NEWLINE = 10;
const BATCH = 2000; // digests under way at once; between batches the page breathes
const DEEPEST = 16; // lists and objects inside one another

class Failure extends Error {
  constructor(step, file, line, why, more = {}) {
    super(why);
    this.found = { step, file, line, why, ...more };
  }
}

// --- bytes ---------------------------------------------------------------------------------------------------

const encoder = new TextEncoder();
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const single = new TextDecoder("windows-1252"); // one letter for each byte, different ones for different bytes

const ascii = (text) => encoder.encode(text);
const PAIRS = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, "0"));

function toHex(bytes) {
  let text = "";
  for (const byte of bytes) text += PAIRS[byte];
  return text;
}

/** The bytes of text that is known to be hex, lower case. */
function fromHex(text) {
  const digit = (at) => { const code = text.charCodeAt(at); return code < 58 ? code - 48 : code - 87; };
  const bytes = new Uint8Array(text.length / 2);
  for (let n = 0; n < bytes.length; n++) bytes[n] = 16 * digit(2 * n) + digit(2 * n + 1);
  return bytes;
}

function join(parts) {
  let length = 0, at = 0;
  for (const part of parts) length += part.length;
  const all = new Uint8Array(length);
  for (const part of parts) { all.set(part, at); at += part.length; }
  return all;
}

const sha256 = async (...parts) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", parts.length === 1 ? parts[0] : join(parts)));

function split(text) {
  const found = [];
  for (let from = 0; from <= text.length;) {
    const end = text.indexOf(NEWLINE, from);
    const to = end < 0 ? text.length : end;
    found.push(text.subarray(from, to));
    from = to + 1;
  }
  return found;
}

const rest = () => new Promise((done) => setTimeout(done));

/** `act` over all items, a batch at once; the results in order. */
async function each(items, act, told) {
  const results = [];
  for (let from = 0; from < items.length; from += BATCH) {
    for (const result of await Promise.all(items.slice(from, from + BATCH).map(act))) results.push(result);
    told(results.length, items.length);
  }
  return results;
}

// --- canonical JSON ------------------------------------------------------------------------------------------

const kind = (value) => (value === null ? "null" : Array.isArray(value) ? "list" : typeof value);
const whole = (value) => Number.isSafeInteger(value) && value >= 0;
const text = (value) => typeof value === "string";
const hex = (value) => text(value) && HEX.test(value);

/** The canonical text of a value; throws for what the format does not know (true, fractions, half letters, …). */
function canonical(value, room = DEEPEST) {
  const what = kind(value);
  if (what === "null") return "null";
  if (what === "number" && whole(value)) return String(value);
  if (what === "string" && !/[\ud800-\udfff]/u.test(value)) return JSON.stringify(value);
  if (room && what === "list") return `[${value.map((item) => canonical(item, room - 1)).join(",")}]`;
  if (room && what === "object") {
    const names = Object.keys(value).sort(); // by UTF-16, as RFC 8785 wants
    return `{${names.map((name) => `${canonical(name)}:${canonical(value[name], room - 1)}`).join(",")}}`;
  }
  throw new TypeError("not of the format");
}

/** The value of canonical bytes, or undefined for all else. */
function parse(bytes) {
  try {
    const plain = utf8.decode(bytes), value = JSON.parse(plain);
    return canonical(value) === plain ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it is an object with exactly these members. */
function has(value, names) {
  if (kind(value) !== "object") return false;
  const own = new Set(Object.keys(value));
  return own.size === names.length && names.every((name) => own.has(name));
}

// --- signatures ----------------------------------------------------------------------------------------------

/** `check(signature in hex, message) → true or false` for a key; null where the browser has no Ed25519. */
async function signatures(key) {
  const load = async (raw) => {
    const loaded = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
    return (signature, message) => crypto.subtle.verify("Ed25519", loaded, fromHex(signature), message);
  };
  try { // the first test of RFC 8032: a browser that fails it is not asked
    const check = await load(fromHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
    const good = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
      + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
    if (!(await check(good, new Uint8Array(0)))) return null;
  } catch {
    return null;
  }
  try {
    return await load(key);
  } catch {
    return async () => false; // the bytes are no key
  }
}

// --- the steps -----------------------------------------------------------------------------------------------

class Verifier {
  constructor(files, { key = null, saved = null, receipt = null, told = () => {} } = {}) {
    Object.assign(this, { files, key, saved, receipt, told, done: [] });
  }

  async run() {
    for (const step of STEPS) {
      this.told(step, 0, 0);
      const said = await this[`check_${step}`]();
      if (said) this.done.push({ step, ...said });
    }
  }

  /** The lines of a file, without their newlines. */
  lines(step, name) {
    const all = this.files[name];
    if (!all) throw new Failure(step, name, 0, "why:missing");
    if (all[all.length - 1] !== NEWLINE) throw new Failure(step, name, 0, "why:cut");
    return split(all.subarray(0, -1));
  }

  async check_rules() {
    const all = this.files[RULES_FILE];
    const need = (fact, why) => {
      if (!fact) throw new Failure("rules", RULES_FILE, 1, why);
    };
    if (!all) throw new Failure("rules", RULES_FILE, 0, "why:missing");
    const rules = parse(all);
    need(rules !== undefined, "why:canonical");
    need(has(rules, Object.keys(RULES)), "why:members");
    need(Object.entries(RULES).every(([name, what]) => kind(rules[name]) === what), "why:value");
    need(rules.format === "decide-ballot-v1", "why:value");
    need(UUID.test(rules.poll) && HEX.test(rules.public_key), "why:value");
    need(MOMENT.test(rules.opens_at) && MOMENT.test(rules.closes_at) && rules.opens_at < rules.closes_at, "why:dates");
    need(["binding", "recommendation", "information"].includes(rules.effect), "why:value");
    need(["register", "desk"].includes(rules.level), "why:value");
    need(["live", "at_close"].includes(rules.running_totals), "why:value");
    need(["district", "parishes"].includes(rules.scope), "why:value");

    let last = "", people = 0;
    for (const parish of rules.parishes) {
      need(has(parish, ["code", "name", "population", "zone"]), "why:parishes");
      need(text(parish.code) && PARISH.test(parish.code) && last < parish.code, "why:parishes");
      need(text(parish.name) && text(parish.zone) && whole(parish.population), "why:parishes");
      last = parish.code;
      people += parish.population;
    }
    need(rules.parishes.length && people === rules.population, "why:parishes");

    const keys = [];
    need(rules.questions.length, "why:questions");
    for (const question of rules.questions) {
      need(has(question, QUESTION), "why:questions");
      const { method, options } = question;
      const number = (value, wanted) => (wanted ? whole(value) : value === null);
      need(["single", "approval", "budget"].includes(method), "why:questions");
      need(number(question.max_choices, method === "approval"), "why:questions");
      need(number(question.amount_cents, method === "budget"), "why:questions");
      need(text(question.text) && text(question.help), "why:questions");
      need(kind(options) === "list" && options.length, "why:questions");
      keys.push(question.key);
      for (const option of options) {
        need(has(option, OPTION), "why:questions");
        need(text(option.text) && text(option.description) && text(option.link), "why:questions");
        need(number(option.cost_cents, method === "budget"), "why:questions");
        keys.push(option.key);
      }
    }
    need(keys.every((key) => text(key) && UUID.test(key)), "why:keys");
    need(new Set(keys).size === keys.length, "why:keys");

    this.rules = rules;
    this.codes = new Set(rules.parishes.map((parish) => parish.code));
    this.poll = fromHex(rules.poll.replace(/-/g, ""));
    this.fingerprint = toHex(await sha256(fromHex(rules.public_key)));
    this.signature = await signatures(fromHex(rules.public_key));
    this.questions = new Map(rules.questions.map((q) => [q.key, {
      method: q.method, most: q.max_choices, amount: q.amount_cents,
      costs: new Map(q.options.map((option) => [option.key, option.cost_cents])),
    }]));
    return {
      said: "said:rules", questions: rules.questions.length, parishes: rules.parishes.length,
      options: keys.length - rules.questions.length,
    };
  }

  /** True where the browser cannot tell: the result then says that nobody checked. */
  async signed(signature, message) {
    return this.signature ? this.signature(signature, message) : true;
  }

  check_key() {
    if (this.key === null) return null;
    if (this.key.toLowerCase().replace(/[^0-9a-f]/g, "") !== this.fingerprint) {
      throw new Failure("key", RULES_FILE, 1, "why:fingerprint", { fingerprint: this.fingerprint });
    }
    return { said: "said:key" };
  }

  async check_log() {
    this.leaves = this.lines("log", LOG_FILE);
    const rules = toHex(await sha256(this.files[RULES_FILE]));
    const live = new Set(), cast = new Set(), gone = new Map();
    let last = null, leaf = null;
    for (let n = 0; n < this.leaves.length; n++) {
      const need = (fact, why) => {
        if (!fact) throw new Failure("log", LOG_FILE, n + 1, why);
      };
      const quick = CAST.exec(single.decode(this.leaves[n]));
      leaf = quick ? { type: "cast", c: quick[1], replaces: quick[2] || null } : parse(this.leaves[n]);
      need(leaf !== undefined, "why:canonical");
      need(kind(leaf) === "object" && LEAVES.has(leaf.type) && has(leaf, LEAVES.get(leaf.type)), "why:leaf");
      need((leaf.type === "open") === (n === 0), "why:open");
      need(last !== "close" && last !== "annul", "why:after-close");
      const { type, c } = leaf;
      if (type === "cast") {
        need(hex(c), "why:value");
        need(!cast.has(c), "why:cast-twice");
        if (leaf.replaces !== null) {
          need(live.delete(leaf.replaces), "why:replaces");
          gone.set(leaf.replaces, "replaced");
        }
        cast.add(c);
        live.add(c);
      } else if (type === "open") {
        need(leaf.poll === this.rules.poll, "why:other-poll");
        need(leaf.rules === rules, "why:other-rules");
      } else if (type === "withdraw") {
        need(leaf.reason === "duplicate", "why:value");
        need(live.delete(c), "why:withdraws");
        gone.set(c, "withdrawn");
      } else if (type === "fork") {
        need(hex(leaf.head) && hex(leaf.root) && text(leaf.reason) && whole(leaf.size), "why:value");
        this.done.push({ step: "fork", said: "said:fork", line: n + 1, reason: leaf.reason });
      } else if (type === "close") {
        need(whole(leaf.participants) && whole(leaf.ballots), "why:value");
        need(leaf.openings === null || hex(leaf.openings), "why:value");
        need(leaf.tally === null || kind(leaf.tally) === "object", "why:value");
        need((leaf.openings === null) === (leaf.tally === null), "why:value");
      } else {
        need(whole(leaf.participants) && text(leaf.reason), "why:value");
      }
      last = type;
      if (n % BATCH === BATCH - 1) { this.told("log", n + 1, this.leaves.length); await rest(); }
    }
    Object.assign(this, { live, cast, gone, last: leaf, ended: last === "close" || last === "annul" });
    const state = { close: "said:log-closed", annul: "said:log-annulled" }[last] || "said:log-open";
    return { said: state, leaves: this.leaves.length, live: live.size, gone: gone.size };
  }

  /** `levels[k][i]`: the hash of the i-th complete subtree of 2^k leaves. */
  async grow() {
    const told = (done, of) => this.told("heads", done, of);
    const zero = Uint8Array.of(0), one = Uint8Array.of(1);
    this.node = (left, right) => sha256(one, left, right);
    this.levels = [await each(this.leaves, (leaf) => sha256(zero, leaf), told)];
    for (let below = this.levels[0]; below.length > 1; below = this.levels[this.levels.length - 1]) {
      const pairs = Array.from({ length: below.length >> 1 }, (_, n) => n);
      this.levels.push(await each(pairs, (n) => this.node(below[2 * n], below[2 * n + 1]), told));
    }
  }

  /** The root of the first `size` leaves, in hex. */
  async root(size) {
    let root = null;
    for (let k = 0; size >> k; k++) {
      if (!((size >> k) & 1)) continue;
      const peak = this.levels[k][(size >> k) - 1];
      root = root ? await this.node(peak, root) : peak;
    }
    return toHex(root);
  }

  /** A head as `{ head, why }`, `why` null if it is one of this poll with a valid signature. */
  async read(line) {
    const head = parse(line);
    if (head === undefined) return { why: "why:canonical" };
    if (!has(head, HEAD)) return { why: "why:members" };
    if (head.poll !== this.rules.poll) return { why: "why:other-poll" };
    const { signature, ...unsigned } = head;
    const well = whole(head.size) && text(head.time) && MOMENT.test(head.time) && hex(head.root)
      && text(signature) && SIGNATURE.test(signature);
    if (!well) return { why: "why:value" };
    const good = await this.signed(signature, ascii(`decide-head-v1${canonical(unsigned)}`));
    return { head, why: good ? null : "why:signature" };
  }

  async check_heads() {
    const lines = this.lines("heads", HEADS_FILE), all = this.leaves.length;
    await this.grow();
    // What takes time is done side by side; what is wrong is then said in the order of the lines.
    const facts = await each(lines, async (line) => {
      const { head, why } = await this.read(line);
      const root = !why && head.size > 0 && head.size <= all ? await this.root(head.size) : null;
      return { head, why, root, hash: toHex(await sha256(line)) };
    }, (done, of) => this.told("heads", done, of));
    this.heads = new Map();
    let size = 0, previous = null;
    facts.forEach(({ head, why, root, hash }, n) => {
      const need = (fact, reason, more) => {
        if (!fact) throw new Failure("heads", HEADS_FILE, n + 1, reason, more);
      };
      need(!why, why);
      need(head.previous === (previous && previous.hash), "why:chain");
      need(size < head.size && head.size <= all, "why:size");
      need(!previous || previous.time <= head.time, "why:time");
      need(head.root === root, "why:root", { from: size + 1, to: head.size });
      size = head.size;
      previous = { hash, time: head.time };
      this.heads.set(size, { line: single.decode(lines[n]), root });
    });
    if (size !== all) throw new Failure("heads", HEADS_FILE, 0, "why:uncovered", { from: size + 1 });
    this.time = previous.time;
    return { said: this.signature ? "said:heads" : "said:heads-unsigned", heads: lines.length };
  }

  async check_saved() {
    if (this.saved === null) return null;
    const lines = split(this.saved)
      .map((line) => single.decode(line.filter((byte) => byte !== 13)).replace(/^[ \t\v\f]+|[ \t\v\f]+$/g, ""))
      .filter((line) => line);
    for (let n = 0; n < lines.length; n++) {
      const fail = (why, more) => { throw new Failure("saved", "saved", n + 1, why, more); };
      const printed = PRINTED.exec(lines[n]);
      let size = printed && Number(printed[1]);
      if (!printed) {
        // Letters beyond ASCII have no place in a head: a byte that is none fails like any other text.
        const { head, why } = await this.read(ascii(lines[n]));
        if (why) fail(why);
        size = head.size;
      }
      if (size > this.leaves.length) fail("why:shortened", { size, leaves: this.leaves.length });
      const here = this.heads.get(size);
      const same = here && (printed ? here.root.startsWith(printed[2]) : here.line === lines[n]);
      if (!same) fail("why:rewritten", { size });
    }
    if (!lines.length) throw new Failure("saved", "saved", 0, "why:saved-empty");
    return { said: "said:saved", heads: lines.length };
  }

  /** Why these choices are not valid under the rules, or null. */
  wrong(choices) {
    if (!has(choices, [...this.questions.keys()])) return "why:choices-questions";
    for (const [key, { method, most, amount, costs }] of this.questions) {
      const chosen = choices[key];
      if (kind(chosen) !== "list" || !chosen.every((option) => costs.has(option))) return "why:choices-options";
      if (chosen.some((option, n) => n && chosen[n - 1] >= option)) return "why:choices-order";
      if (method !== "budget" && chosen.length > (method === "single" ? 1 : most)) return "why:choices-many";
      if (method === "budget" && chosen.reduce((sum, o) => sum + costs.get(o), 0) > amount) return "why:choices-amount";
    }
    return null;
  }

  async check_ballots() {
    const published = this.files[BALLOTS_FILE], { publish } = this.rules;
    const fail = (why, more) => { throw new Failure("ballots", BALLOTS_FILE, 0, why, more); };
    const closed = this.last.type === "close";
    if (!closed || this.last.openings === null) {
      if (published) fail("why:ballots-early");
      if (closed && this.live.size >= publish) fail("why:missing");
      return closed ? { said: "said:ballots-few", publish } : null;
    }
    if (this.live.size < publish) fail("why:ballots-few", { publish });
    const lines = this.lines("ballots", BALLOTS_FILE);
    const start = join([ascii("decide-ballot-v1"), this.poll]);
    const known = new Map(), groups = new Map();
    let last = "";
    this.openings = new Map();
    for (let from = 0; from < lines.length; from += BATCH) {
      const batch = await Promise.all(lines.slice(from, from + BATCH).map(async (line) => {
        const found = BALLOT.exec(single.decode(line));
        if (!found) return null;
        const [, c, choices, nonce, p, parish = "", parishNonce] = found;
        const end = CHOICES_AT + choices.length, bytes = line.subarray(CHOICES_AT, end);
        const code = line.subarray(end + PARISH_AT, end + PARISH_AT + 6), word = line.subarray(WORD_AT, -2);
        const where = parish ? await sha256(code, fromHex(parishNonce)) : fromHex(p);
        const opened = toHex(await sha256(start, bytes, where, word, fromHex(nonce)));
        return { c, choices, bytes, parish, opened };
      }));
      batch.forEach((ballot, n) => {
        const need = (fact, why) => {
          if (!fact) throw new Failure("ballots", BALLOTS_FILE, from + n + 1, why);
        };
        need(ballot, "why:ballot");
        const { c, choices, bytes, parish, opened } = ballot;
        need(last < c, "why:order");
        if (!known.has(choices)) { // many people choose the same
          const value = parse(bytes);
          need(value !== undefined, "why:canonical");
          const why = this.wrong(value);
          need(!why, why);
          known.set(choices, value);
        }
        need(!parish || this.codes.has(parish), "why:parish");
        need(opened === c, "why:commitment");
        need(this.live.has(c), "why:not-live");
        const group = parish + choices;
        groups.set(group, { parish, choices, times: (groups.has(group) ? groups.get(group).times : 0) + 1 });
        this.openings.set(c, from + n + 1);
        last = c;
      });
      this.told("ballots", from + batch.length, lines.length);
    }
    const tally = { ballots: lines.length, questions: this.empty(), parishes: {} };
    for (const { parish, choices, times } of groups.values()) {
      this.count(tally.questions, known.get(choices), times);
      if (!parish) continue;
      const own = (tally.parishes[parish] = tally.parishes[parish] || { ballots: 0, questions: this.empty() });
      own.ballots += times;
      this.count(own.questions, known.get(choices), times);
    }
    if (lines.length !== this.live.size) fail("why:ballots-count", { ballots: lines.length, live: this.live.size });
    if (toHex(await sha256(published)) !== this.last.openings) fail("why:openings");
    const opened = Object.values(tally.parishes).map((parish) => parish.ballots);
    if (opened.some((ballots) => ballots < publish)) fail("why:small-parish");
    this.tally = tally;
    const shut = lines.length - opened.reduce((sum, ballots) => sum + ballots, 0);
    return { said: "said:ballots", ballots: lines.length, parishes: opened.length, shut };
  }

  empty() {
    const blank = {};
    for (const [key, { costs }] of this.questions) {
      blank[key] = { blank: 0, options: {} };
      for (const option of costs.keys()) blank[key].options[option] = 0;
    }
    return blank;
  }

  count(questions, choices, times) {
    for (const [key, chosen] of Object.entries(choices)) {
      for (const option of chosen) questions[key].options[option] += times;
      if (!chosen.length) questions[key].blank += times;
    }
  }

  check_recount() {
    if (!this.ended) return null;
    const n = this.live.size, { type, participants, ballots, tally } = this.last;
    const fail = (why) => { throw new Failure("recount", LOG_FILE, this.leaves.length, why, { live: n }); };
    if (participants !== n || (type === "close" && ballots !== n)) fail("why:participants");
    if (type === "annul") return { said: "said:recount-annulled", live: n };
    if (tally === null) return { said: "said:recount-few", live: n };
    if (canonical(tally) !== canonical(this.tally)) fail("why:tally");
    return { said: "said:recount", live: n };
  }

  async check_receipt() {
    if (this.receipt === null) return null;
    const need = (fact, why) => {
      if (!fact) throw new Failure("receipt", "receipt", 0, why);
    };
    const code = this.receipt.replace(/\s+/g, "");
    let c = code, due = null;
    if (!HEX.test(code)) {
      const parts = RECEIPT.exec(code);
      need(parts, "why:receipt-code");
      let signed, poll, signature;
      [, signed, poll, c, due, signature] = parts;
      need(poll === toHex(this.poll), "why:receipt-poll");
      need(await this.signed(signature, ascii(signed)), "why:receipt-signature");
    }
    if (!this.cast.has(c)) {
      const late = this.ended || due === null || this.time.slice(0, 19) > due.slice(0, 19);
      need(!late, "why:receipt-missing");
      return { said: "said:receipt-waits", due };
    }
    if (this.gone.has(c)) return { said: `said:receipt-${this.gone.get(c)}` };
    const line = this.openings && this.openings.get(c);
    return line ? { said: "said:receipt-counted", line } : { said: "said:receipt-live" };
  }
}

export async function verify(files, given) {
  const verifier = new Verifier(files, given);
  let failed = null;
  try {
    await verifier.run();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    failed = error.found;
  }
  return {
    ok: !failed,
    steps: verifier.done,
    failed,
    fingerprint: verifier.fingerprint || null,
    signed: Boolean(verifier.signature),
    tally: (!failed && verifier.tally) || null,
    questions: verifier.rules ? verifier.rules.questions : [],
  };
}

if (typeof WorkerGlobalScope === "function" && self instanceof WorkerGlobalScope) {
  self.onmessage = async ({ data }) => {
    try {
      const told = (...at) => postMessage({ told: at });
      postMessage({ result: await verify(data.files, { ...data.given, told }) });
    } catch (error) {
      postMessage({ broken: String(error) });
    }
  };
  postMessage({ ready: true });
}
