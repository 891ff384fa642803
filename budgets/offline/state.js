/* What was written in the hall: kept in this browser if it can, read from and written to a file, and counted. */
"use strict";

const data = JSON.parse(document.getElementById("datos").textContent);
const words = data.words;
const KEY = "decide-asamblea-" + data.decision + "-" + data.seed;
const seats = new Map();
for (const place of data.places) {
  for (const seat of place.seats) {
    seats.set(String(seat.seat), Object.assign({ place: place.place }, seat));
  }
}

let memory = null;
const store = {
  /* Whether it is kept beyond this page. */
  save(text) {
    memory = text;
    try {
      localStorage.setItem(KEY, text);
      return true;
    } catch (_error) {
      return false;
    }
  },
  load() {
    try {
      return localStorage.getItem(KEY) || memory;
    } catch (_error) {
      return memory;
    }
  },
  clear() {
    memory = null;
    try {
      localStorage.removeItem(KEY);
    } catch (_error) {
      /* there was nothing */
    }
  },
};

function emptyState() {
  return {
    format: data.format,
    decision: data.decision,
    seed: data.seed,
    secretary: "",
    reader: "",
    opened_at: "",
    closed_at: "",
    present: {}, // seat -> {appointment, at}
    counts: {}, // id -> {first, second, at}; what was typed, as text
    observations: "",
  };
}

let state = emptyState();

/* Takes what belongs to this assembly and nothing else; false where it cannot. */
function takeState(found) {
  if (!found || found.format !== data.format || found.decision !== data.decision || found.seed !== data.seed) {
    return false;
  }
  const fresh = emptyState();
  for (const name of ["secretary", "reader", "opened_at", "closed_at", "observations"]) {
    fresh[name] = typeof found[name] === "string" ? found[name] : "";
  }
  const here = Array.isArray(found.present) ? found.present : [];
  for (const one of here) {
    const seat = one && seats.get(String(one.seat));
    const person = seat && seat.people.find((each) => each.appointment === one.appointment);
    if (person) {
      fresh.present[seat.seat] = { appointment: person.appointment, at: String(one.at || "") };
    }
  }
  const counted = Array.isArray(found.counts) ? found.counts : [];
  for (const one of counted) {
    if (one && data.items.some((item) => item.id === one.id)) {
      fresh.counts[one.id] = {
        first: text(one.votes),
        second: text(one.again),
        at: String(one.at || ""),
      };
    }
  }
  state = fresh;
  return true;
}

function text(value) {
  return value === null || value === undefined ? "" : String(value);
}

function presentNow() {
  return Object.keys(state.present).length;
}

function whole(typed) {
  return /^[0-9]{1,6}$/.test(typed.trim()) ? Number(typed.trim()) : null;
}

/* "empty", "again", "differ", "too_many", "agreed". */
function countState(id) {
  const count = state.counts[id];
  if (!count || (count.first.trim() === "" && count.second.trim() === "")) {
    return "empty";
  }
  const first = whole(count.first);
  if (first === null || first > presentNow()) {
    return "too_many";
  }
  if (count.second.trim() === "") {
    return "again";
  }
  return whole(count.second) === first ? "agreed" : "differ";
}

function missingCounts() {
  return data.items.filter((item) => countState(item.id) !== "agreed").length;
}

function twoNames() {
  const first = state.secretary.trim().toLowerCase();
  const second = state.reader.trim().toLowerCase();
  return first !== "" && second !== "" && first !== second;
}

/* The result by the rule; null while a count is missing. */
function resultNow() {
  if (missingCounts()) {
    return null;
  }
  return decideGreedy({
    rule: data.rule,
    budget: data.budget,
    minimum_votes: data.minimum_votes,
    items: data.items.map((item) => ({ id: item.id, votes: whole(state.counts[item.id].first), cost: item.cost })),
    tie_order: data.tie_order,
  });
}

/* What is sent later: lists instead of tables, numbers instead of what was typed. */
function fileContent() {
  const result = resultNow();
  return {
    format: data.format,
    decision: data.decision,
    seed: data.seed,
    finished: Boolean(state.closed_at && result),
    secretary: state.secretary.trim(),
    reader: state.reader.trim(),
    opened_at: state.opened_at,
    closed_at: state.closed_at,
    present: Object.keys(state.present).map((seat) => ({
      seat: Number(seat),
      appointment: state.present[seat].appointment,
      at: state.present[seat].at,
    })),
    counts: data.items
      .filter((item) => state.counts[item.id])
      .map((item) => ({
        id: item.id,
        votes: whole(state.counts[item.id].first),
        again: whole(state.counts[item.id].second),
        at: state.counts[item.id].at,
      })),
    observations: state.observations,
    result: result ? { winners: result.winners, cost: result.cost } : null,
  };
}

function dollars(amount) {
  const [units, parts] = (amount / 100).toFixed(2).split(".");
  const grouped = units.replace(/\B(?=(\d{3})+$)/g, ".");
  return "USD " + grouped + (parts === "00" ? "" : "," + parts);
}

function say(name, values) {
  return Object.keys(values || {}).reduce((said, key) => said.split("{" + key + "}").join(values[key]), words[name]);
}

function clock(moment) {
  const when = new Date(moment);
  return Number.isNaN(when.getTime()) ? "" : when.toTimeString().slice(0, 5);
}
