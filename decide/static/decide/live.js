// Shows what changes without reloading the page. Everything works without it.
//
// What a page marks:
//   <span data-live="proposal:42" data-live-field="supports" data-live-say="{} apoyos">12</span>   text, number localised
//   <progress data-live="support:17" data-live-field="counted" max="143" value="12">                value
//   <p hidden data-live="proposal:42" data-live-field="status" data-live-unless="open">             shown once it differs
//   <ol data-live-thread="thread:311" data-live-removed="removed:311" data-live-count="57">         comments come and go
//   <td data-live="tally:7" data-live-field="options.12" data-live-of="counted">                    share, in whole per cent
// A field may be a member of a member ("options.12"). `data-live-of` also moves the end of a <progress>.
// `data-live-say` is optional: what is said aloud when the value changes ({} is the value).
// A comment's html may name the list it belongs to (data-live-into="id"); [data-live-empty] beside the list goes away.
// The words come from the page: <p role="status" data-live-status data-one data-many data-gone data-updated data-refresh>.

const SAY_EVERY = 15_000;
const POLL_FIRST = 5_000;
const POLL_LAST = 30_000;
const RETRY_FIRST = 1_000;
const RETRY_LAST = 60_000;
const FAILURES_BEFORE_POLLING = 2;
const STEADY = 5_000; // an open socket that lives this long was worth opening
const MOST_TOPICS = 100;

const status = document.querySelector("[data-live-status]");
const words = status ? status.dataset : {};
const locale = document.documentElement.lang || "es";
const number = new Intl.NumberFormat(locale, { useGrouping: "always" });
const calm = matchMedia("(prefers-reduced-motion: reduce)");

// topic → { nodes, version (null before the first state), gone }
const topics = new Map();
for (const node of document.querySelectorAll("[data-live], [data-live-thread]")) {
  const { live, liveThread, liveRemoved } = node.dataset;
  for (const name of [liveThread || live, liveRemoved]) {
    if (!name) continue;
    if (!topics.has(name)) {
      if (topics.size === MOST_TOPICS) continue;
      topics.set(name, { nodes: [], version: null, gone: false });
    }
    topics.get(name).nodes.push(node);
  }
}

// --- showing -----------------------------------------------------------------------------------------------

function receive(message) {
  const topic = topics.get(message.topic);
  if (!topic) return;
  if (message.gone) {
    // Only what was there can go: an author's draft is not public, and its page is no news to them.
    if (topic.version !== null && !topic.gone) tell(words.gone, "gone");
    topic.gone = true;
    return;
  }
  if (topic.version !== null && !topic.gone && message.version <= topic.version) return;
  topic.version = message.version;
  topic.gone = false;
  for (const node of topic.nodes) {
    if (node.dataset.liveRemoved === message.topic) message.state.comments.forEach(remove);
    else if (node.dataset.liveThread) showThread(node, message.state);
    else {
      const value = pick(message.state, node.dataset.liveField);
      if (value !== undefined) showField(node, value, message.state);
    }
  }
}

// "options.12" is a member of a member.
const pick = (state, path) => path.split(".").reduce((part, name) => part?.[name], state);

function showField(node, value, state) {
  if (node.dataset.liveUnless !== undefined) {
    const differs = String(value) !== node.dataset.liveUnless;
    if (differs && node.hidden) say(node, node.textContent.trim().replace(/\s+/g, " "));
    node.hidden = !differs;
    return;
  }
  if (value === null) return; // sealed for now
  const whole = node.dataset.liveOf === undefined ? undefined : pick(state, node.dataset.liveOf);
  if (node instanceof HTMLProgressElement) {
    if (whole) node.max = whole;
    node.value = Math.min(value, node.max);
    return;
  }
  if (whole !== undefined) {
    node.textContent = `${whole ? Math.round((value * 100) / whole) : 0} %`;
    return;
  }
  const text = typeof value === "number" ? number.format(value) : String(value ?? "");
  if (node.textContent.trim() === text) return;
  node.textContent = text;
  highlight(node);
  if (node.dataset.liveSay) say(node, node.dataset.liveSay.replace("{}", text));
}

function showThread(list, { count, latest }) {
  const before = Number(list.dataset.liveCount);
  const grew = count - before;
  const known = latest && document.getElementById(`comentario-${latest.id}`);
  if (grew === 1 && latest && !known && !list.liveLink && insert(list, latest)) {
    list.dataset.liveCount = count;
    say(list, plural(1));
  } else if (grew > 0 && !known) {
    offer(list, grew);
    say(list, plural(grew));
  } else if (!list.liveLink) {
    list.dataset.liveCount = count;
  }
}

// Hidden by moderators, or deleted: its words go at once, the replies below it stay.
function remove(id) {
  const item = document.getElementById(`comentario-${id}`);
  const replies = item?.querySelector(":scope > .comment-list");
  if (replies?.children.length) item.replaceChildren(replies);
  else item?.remove();
}

function insert(list, { html }) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const item = template.content.firstElementChild;
  if (!item) return false;
  const into = item.dataset.liveInto;
  const target = into ? document.getElementById(into) : list;
  if (!target) return false; // it answers a comment that is on another page
  if (into) target.append(item);
  else target.prepend(item);
  list.parentElement.querySelector("[data-live-empty]")?.remove();
  highlight(item);
  return true;
}

function offer(list, count) {
  if (!list.liveLink) {
    const line = document.createElement("p");
    list.liveLink = reloadLink();
    list.liveLink.className = "button button--quiet";
    line.append(list.liveLink);
    list.before(line);
  }
  list.liveLink.textContent = plural(count);
}

function plural(count) {
  return count === 1 ? words.one : (words.many || "").replace("{}", number.format(count));
}

function reloadLink() {
  const link = document.createElement("a");
  link.href = location.pathname + location.search;
  link.textContent = words.refresh;
  return link;
}

function tell(text, key) {
  const main = document.querySelector("main");
  if (!text || !main || main.querySelector(`[data-live-notice="${key}"]`)) return;
  const notice = document.createElement("p");
  notice.className = "notice notice--info";
  notice.dataset.liveNotice = key;
  notice.append(text, " ", reloadLink());
  main.prepend(notice);
  say(notice, text);
}

function highlight(node) {
  if (calm.matches) return;
  node.classList.add("live-changed");
  setTimeout(() => node.classList.remove("live-changed"), 1_500);
}

// --- saying: at most every 15 s, only the newest of each thing -----------------------------------------------

const unsaid = new Map();
let saidAt = -Infinity;
let sayTimer = 0;

function say(about, text) {
  if (!status || !text) return;
  unsaid.delete(about);
  unsaid.set(about, text);
  if (!sayTimer) sayTimer = setTimeout(speak, Math.max(300, saidAt + SAY_EVERY - performance.now()));
}

function speak() {
  sayTimer = 0;
  saidAt = performance.now();
  const texts = [...new Set(unsaid.values())];
  unsaid.clear();
  status.textContent = texts.length > 3 ? words.updated : texts.join(". ");
}

// --- the socket ----------------------------------------------------------------------------------------------

let socket = null;
let failures = 0;
let retryTimer = 0;

const jitter = (time) => time * (0.5 + Math.random() / 2);

function connect() {
  clearTimeout(retryTimer);
  retryTimer = 0;
  if (document.hidden || socket) return;
  let steadyTimer = 0;
  try {
    socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/live/`);
  } catch {
    failures += 1;
    retry();
    return;
  }
  const mine = socket;
  mine.onopen = () => {
    stopPolling();
    steadyTimer = setTimeout(() => (failures = 0), STEADY);
    watch(mine);
  };
  mine.onmessage = (event) => receive(JSON.parse(event.data));
  mine.onclose = () => {
    clearTimeout(steadyTimer);
    if (socket !== mine) return; // closed by ourselves
    socket = null;
    failures += 1;
    retry();
  };
}

function watch(to) {
  // A frame holds at most 4 KiB.
  const names = [...topics.keys()];
  for (let i = 0; i < names.length; i += 50) to.send(JSON.stringify({ watch: names.slice(i, i + 50) }));
}

function retry() {
  if (document.hidden || retryTimer) return;
  if (failures >= FAILURES_BEFORE_POLLING) startPolling();
  retryTimer = setTimeout(connect, jitter(Math.min(RETRY_LAST, RETRY_FIRST * 2 ** failures)));
}

// --- its polling twin, only where no socket opens ---------------------------------------------------------------

let polling = 0;
let pollEvery = POLL_FIRST;
let etag = "";

function startPolling() {
  if (polling) return;
  pollEvery = POLL_FIRST;
  polling = setTimeout(poll, jitter(pollEvery));
}

function stopPolling() {
  clearTimeout(polling);
  polling = 0;
}

async function poll() {
  const turn = polling;
  const query = new URLSearchParams([...topics.keys()].map((name) => ["topic", name]));
  let news = false;
  try {
    const answer = await fetch(`/live/?${query}`, {
      cache: "no-store",
      credentials: "omit",
      headers: etag ? { "If-None-Match": etag } : {},
    });
    if (answer.ok) {
      etag = answer.headers.get("ETag") || "";
      for (const message of await answer.json()) receive(message);
      news = true;
    }
  } catch {
    // no line: asked again later
  }
  if (polling !== turn) return; // a socket opened, or the page was hidden
  pollEvery = news ? POLL_FIRST : Math.min(POLL_LAST, pollEvery * 1.5);
  polling = setTimeout(poll, jitter(pollEvery));
}

// --- beginning, hiding, coming back -------------------------------------------------------------------------------

function start() {
  if (socket) return;
  failures = Math.min(failures, FAILURES_BEFORE_POLLING);
  if (failures >= FAILURES_BEFORE_POLLING) startPolling();
  connect();
}

function stop() {
  clearTimeout(retryTimer);
  retryTimer = 0;
  stopPolling();
  const old = socket;
  socket = null;
  old?.close(1000);
}

if (topics.size) {
  if (navigator.connection?.saveData) {
    const line = document.createElement("p");
    line.className = "meta no-print";
    line.dataset.liveRefresh = "";
    line.append(reloadLink());
    document.querySelector("main")?.prepend(line);
  } else {
    document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
    addEventListener("pageshow", (event) => event.persisted && start());
    addEventListener("pagehide", stop);
    addEventListener("online", connect);
    start();
  }
}
