// The check page's "Contar de nuevo": downloads the public files, or takes those that somebody saved, has verify.js
// count them, and shows each step in words. What the visitor pastes or chooses here is sent nowhere.

const box = document.querySelector("[data-verify]");
const words = JSON.parse(document.getElementById("palabras").textContent);
const part = (name) => box.querySelector(`[data-${name}]`);
const [start, kept, heads, key, status, bar, steps, verdict] =
  ["start", "kept", "heads", "key", "status-line", "bar", "steps", "verdict"].map(part);
const copies = [...box.querySelectorAll("[data-copies]")];
const FILES = ["heads.jsonl", "rules.json", "log.jsonl", "ballots.jsonl"];

const numbers = new Intl.NumberFormat(document.documentElement.lang || "es", { useGrouping: "always" });
const moments = new Intl.DateTimeFormat(document.documentElement.lang || "es",
  { timeZone: "America/Guayaquil", dateStyle: "long", timeStyle: "short" });
const say = (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (_, key) =>
  (typeof values[key] === "number" ? numbers.format(values[key]) : values[key]));

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// A screen reader hears at most one sentence in three seconds.
let spoken = 0;
function tell(text, now = false) {
  if (!now && Date.now() - spoken < 3000) return;
  spoken = Date.now();
  status.classList.remove("visually-hidden");
  status.textContent = text;
}

// --- the files -----------------------------------------------------------------------------------------------

class Offline extends Error {}

async function load(name) {
  try {
    // Public files, asked for as a stranger would.
    const answer = await fetch(box.dataset.verify + name, { cache: "no-store", credentials: "omit" });
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Offline(name);
    const pieces = [], reader = answer.body.getReader();
    let length = 0;
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      pieces.push(value);
      length += value.length;
      tell(say("page:loading", { file: name, mb: Math.ceil(length / 1e5) / 10 }));
    }
    const all = new Uint8Array(length);
    let at = 0;
    for (const piece of pieces) { all.set(piece, at); at += piece.length; }
    return all;
  } catch {
    throw new Offline(name);
  }
}

const same = (a, b) => Boolean(a && b) && a.length === b.length && a.every((byte, n) => byte === b[n]);

/** The four files of one moment: where a head was signed meanwhile, they are fetched again. */
async function download() {
  for (let times = 1; ; times++) {
    const files = {};
    for (const name of FILES) {
      const bytes = await load(name);
      if (bytes) files[name] = bytes;
    }
    if (times === 4 || same(files["heads.jsonl"], await load("heads.jsonl"))) return files;
  }
}

async function choose(chosen) {
  const files = {};
  for (const file of chosen) {
    if (FILES.includes(file.name)) files[file.name] = new Uint8Array(await file.arrayBuffer());
  }
  return files;
}

/** What was pasted: lines of heads, whole or as printed, and the rest a receipt, with or without its address. */
async function typed() {
  const lines = kept.value.split("\n").map((line) => line.trim()).filter((line) => line);
  const isHead = (line) => line.startsWith("{") || /^[0-9]{1,12}[ \t]+[0-9a-f]{16,64}$/.test(line);
  const found = lines.filter(isHead).join("\n");
  const receipt = lines.filter((line) => !isHead(line)).join("").split("#").pop();
  const file = heads.files[0] ? await heads.files[0].text() : "";
  const saved = [found, file].filter((text) => text).join("\n");
  return {
    key: key.value.trim() || null,
    receipt: receipt || null,
    saved: saved || heads.files[0] ? new TextEncoder().encode(saved) : null,
  };
}

// --- counting, beside the page where the browser can ---------------------------------------------------------

function worker() {
  return new Promise((done) => {
    let made;
    try { made = new Worker(box.dataset.verifier, { type: "module" }); } catch { return done(null); }
    made.onerror = () => done(null); // no modules in workers here
    made.onmessage = () => done(made);
  });
}

async function count(files, given, told) {
  const aside = await worker();
  if (!aside) return (await import(box.dataset.verifier)).verify(files, { ...given, told });
  try {
    return await new Promise((done, fail) => {
      aside.onerror = fail;
      aside.onmessage = ({ data }) => {
        if (data.told) told(...data.told);
        else if (data.result) done(data.result);
        else fail(new Error(data.broken));
      };
      aside.postMessage({ files, given }, Object.values(files).map((bytes) => bytes.buffer));
    });
  } finally {
    aside.terminate();
  }
}

// --- shown ---------------------------------------------------------------------------------------------------

function show(tone, title, ...lines) {
  verdict.append(element("div", { class: `notice notice--${tone}` }, element("h3", {}, title),
    ...lines.map((line) => (line instanceof Node ? line : element("p", {}, line)))));
  tell(title, true);
  status.classList.add("visually-hidden"); // said once: seen in the notice
}

function step(name, text, state) {
  steps.append(element("li", { class: `step--${state}` }, element("strong", {}, words[`step:${name}`]),
    element("p", {}, text)));
}

const SURE = new Set(["why:shortened", "why:rewritten", "why:receipt-missing"]);

function report(found, given, seconds) {
  for (const { step: name, said, ...values } of found.steps) {
    if (values.due) values.due = moments.format(new Date(values.due));
    step(name, say(said, values), name === "fork" ? "late" : "done");
  }
  const code = element("p", { class: "code" }, element("code", {}, found.fingerprint || ""));
  const { failed } = found;
  if (failed) {
    const own = failed.file === "saved" || failed.file === "receipt";
    const place = own ? "" : failed.line ? `${say("page:where", failed)}: ` : `${failed.file}: `;
    const line = place + say(failed.why, failed);
    step(failed.step, line, "late");
    if (own && !SURE.has(failed.why)) return show("warning", say("page:typed"), line, say("page:typed-more"));
    return show("error", say("page:bad"), line, say("page:bad-more"));
  }
  const time = say("page:seconds", { seconds: Math.ceil(seconds) });
  if (!found.signed) show("warning", say("page:unsigned"), say("page:unsigned-more"), time);
  else if (given.key) show("success", say("page:good"), say("page:good-more"), time);
  else show("success", say("page:consistent"), `${say("page:good-more")} ${time}`, say("page:signer"), code);
  if (found.tally) verdict.append(counted(found));
}

/** The browser's own count as tables: whoever likes compares it with the page of results. */
function counted({ tally, questions }) {
  const row = (text, n) => element("tr", {}, element("th", { scope: "row" }, text),
    element("td", { class: "number" }, numbers.format(n)));
  return element("details", {}, element("summary", {}, words["page:counted"]), element("div", { class: "card stack prose" }, ...questions.map((question) => {
    const { options, blank } = tally.questions[question.key];
    return element("table", { class: "table" }, element("caption", {}, question.text), element("tbody", {},
      ...question.options.map((option) => row(option.text, options[option.key])), row(words["page:blank"], blank)));
  })));
}

let busy = false;

async function run() {
  if (busy) return;
  busy = true;
  start.setAttribute("aria-disabled", "true");
  steps.textContent = verdict.textContent = "";
  bar.hidden = false;
  bar.removeAttribute("value");
  try {
    const given = await typed();
    const chosen = copies.flatMap((input) => [...input.files]);
    const files = chosen.length ? await choose(chosen) : await download();
    if (chosen.length && !Object.keys(files).length) return show("warning", say("page:typed"), say("page:not-found"));
    const began = performance.now();
    const found = await count(files, given, (name, done, of) => {
      if (of) bar.value = done / of; else bar.removeAttribute("value");
      tell(say(of ? "page:part" : "page:checking", { step: words[`step:${name}`], done, of }));
    });
    report(found, given, (performance.now() - began) / 1000);
  } catch (error) {
    if (error instanceof Offline) show("warning", say("page:broken"), say("page:offline", { file: error.message }));
    else show("warning", say("page:broken"), say("page:broken-more"));
  } finally {
    bar.hidden = true;
    start.removeAttribute("aria-disabled");
    busy = false;
  }
}

part("with-script").hidden = false;
if (window.crypto && crypto.subtle) {
  // vote.js, which comes later, takes the code out of the address.
  if (location.hash.startsWith("#decide1.")) {
    kept.value = location.hash.slice(1);
    kept.closest("details").open = true;
  }
  start.addEventListener("click", run);
} else {
  start.hidden = true;
  tell(say("page:insecure"), true);
}
