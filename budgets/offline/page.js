/* The page: everything is drawn from `state`, and every change is kept at once. */
"use strict";

const $ = (id) => document.getElementById(id);

function element(name, options, ...children) {
  const made = document.createElement(name);
  for (const key of Object.keys(options || {})) {
    if (key in made && key !== "list" && !key.includes("-")) {
      made[key] = options[key];
    } else {
      made.setAttribute(key, options[key]);
    }
  }
  for (const child of children) {
    made.append(child);
  }
  return made;
}

function keep() {
  const kept = store.save(JSON.stringify(fileContent()));
  $("guardado").textContent = kept ? say("kept", { time: clock(new Date()) }) : words.not_kept;
  refresh();
}

/* --- attendance ------------------------------------------------------------------------------------------ */

function drawSeats() {
  const box = $("puestos");
  for (const place of data.places) {
    const group = element("fieldset", {}, element("legend", {}, place.place));
    for (const seat of place.seats) {
      const choice = element("select", { id: "puesto-" + seat.seat });
      choice.append(element("option", { value: "" }, words.absent));
      for (const person of seat.people) {
        const quality = person.alternate ? words.alternate : words.principal;
        choice.append(element("option", { value: String(person.appointment) }, person.name + " (" + quality + ")"));
      }
      choice.addEventListener("change", () => {
        if (choice.value) {
          state.present[seat.seat] = { appointment: Number(choice.value), at: new Date().toISOString() };
        } else {
          delete state.present[seat.seat];
        }
        keep();
      });
      group.append(
        element("p", {}, element("label", { htmlFor: choice.id }, words.seat + " " + seat.number), " ", choice),
      );
    }
    box.append(group);
  }
}

function openSession() {
  if (presentNow() >= data.quorum.sit && !state.opened_at) {
    state.opened_at = new Date().toISOString();
    keep();
  }
}

/* --- counts ---------------------------------------------------------------------------------------------- */

function drawCounts() {
  for (const item of data.items) {
    const said = element("span", { id: "dice-" + item.id, className: "said" });
    const inputs = ["first", "second"].map((name) => {
      const input = element("input", {
        id: name + "-" + item.id,
        inputMode: "numeric",
        autocomplete: "off",
        maxLength: 6,
        "aria-label": words[name] + ": " + item.number + ". " + item.title,
        "aria-describedby": said.id,
      });
      input.addEventListener("input", () => {
        const count = state.counts[item.id] || { first: "", second: "", at: "" };
        count[name] = input.value;
        count.at = new Date().toISOString();
        state.counts[item.id] = count;
        keep();
      });
      return element("td", { "data-label": words[name] }, input);
    });
    $("conteos").append(
      element(
        "tr",
        {},
        element("th", { scope: "row" }, item.number + ". " + item.title),
        element("td", { className: "amount" }, dollars(item.cost)),
        ...inputs,
        element("td", {}, said),
      ),
    );
  }
}

const SAID = { empty: "write", again: "again", differ: "differ", too_many: "too_many", agreed: "agreed" };

function refreshCounts() {
  const open = Boolean(state.opened_at) && !state.closed_at && twoNames() && presentNow() >= data.quorum.decide;
  for (const item of data.items) {
    const how = countState(item.id);
    const count = state.counts[item.id] || { first: "", second: "" };
    for (const name of ["first", "second"]) {
      const input = $(name + "-" + item.id);
      input.disabled = !open;
      if (document.activeElement !== input) {
        input.value = count[name];
      }
    }
    const said = $("dice-" + item.id);
    said.textContent = open || how === "agreed" ? say(SAID[how], { present: presentNow() }) : "";
    said.dataset.state = how;
  }
  let why = "";
  if (!state.closed_at) {
    if (!state.opened_at) {
      why = words.open_first;
    } else if (!twoNames()) {
      why = words.names_first;
    } else if (presentNow() < data.quorum.decide) {
      why = say("no_quorum", { present: presentNow(), needed: data.quorum.decide });
    }
  }
  $("por-que").textContent = why;
}

/* --- the result ------------------------------------------------------------------------------------------ */

function rowsOf(result) {
  return result.order.map((id) => {
    const item = data.items.find((each) => each.id === id);
    const code = result.reasons[id];
    let outcome = words.not_funded;
    if (code === "funded") {
      outcome = words.funded;
    } else if (result.reserve.includes(id)) {
      outcome = say("reserve", { place: result.reserve.indexOf(id) + 1 });
    }
    const why = code === "funded" ? "enters" : code;
    const money = { left: dollars(result.left[id] || 0), cost: dollars(item.cost) };
    return { item, code, outcome, votes: whole(state.counts[id].first), why: say(why, money) };
  });
}

function refreshResult() {
  const result = resultNow();
  const body = $("resultado-filas");
  body.textContent = "";
  $("resultado").hidden = !result;
  $("falta").hidden = Boolean(result);
  $("falta").textContent = say("waiting", { n: missingCounts() });
  $("clausurar").disabled = !result || !twoNames() || Boolean(state.closed_at);
  $("fin").textContent = state.closed_at ? say("finished", { time: clock(state.closed_at) }) : "";
  if (!result) {
    return;
  }
  for (const row of rowsOf(result)) {
    body.append(
      element(
        "tr",
        {},
        element("th", { scope: "row" }, row.item.number + ". " + row.item.title),
        element("td", { className: "amount" }, dollars(row.item.cost)),
        element("td", { className: "amount" }, row.votes + " " + words.votes),
        element("td", {}, element("strong", {}, row.outcome), ". " + row.why),
      ),
    );
  }
  const left = data.budget - result.cost;
  $("gastado").textContent = say("spent", {
    cost: dollars(result.cost),
    budget: dollars(data.budget),
    left: dollars(left),
  });
}

function closeSession() {
  if (resultNow() && twoNames() && !state.closed_at && confirm(words.sure_close)) {
    state.closed_at = new Date().toISOString();
    keep();
  }
}

/* --- the minutes, for paper ------------------------------------------------------------------------------- */

function list(rows) {
  if (!rows.length) {
    return element("p", {}, words.none);
  }
  return element(
    "ol",
    {},
    ...rows.map((row) => element("li", {}, row.item.title + ": " + dollars(row.item.cost) + ", " + row.votes + " " + words.votes)),
  );
}

function refreshMinutes() {
  $("acta-instalada").textContent = clock(state.opened_at) || "________";
  $("acta-clausurada").textContent = clock(state.closed_at) || "________";
  $("acta-presentes").textContent = String(presentNow());
  $("acta-anota").textContent = state.secretary;
  $("acta-relee").textContent = state.reader;
  $("acta-observaciones").textContent = state.observations || words.none;
  const people = $("acta-asistentes");
  people.textContent = "";
  for (const seat of Object.keys(state.present)) {
    const found = seats.get(seat);
    const person = found.people.find((each) => each.appointment === state.present[seat].appointment);
    const quality = person.alternate ? words.alternate : words.principal;
    const cells = [person.name, found.place, quality, clock(state.present[seat].at), ""];
    people.append(element("tr", {}, ...cells.map((cell) => element("td", {}, cell))));
  }
  const box = $("acta-resultado");
  box.textContent = "";
  const result = resultNow();
  if (!result) {
    return;
  }
  const rows = rowsOf(result);
  const funded = rows.filter((row) => row.code === "funded");
  const social = (row) => row.item.kind === "social";
  box.append(element("h3", {}, words.works), list(funded.filter((row) => !social(row))));
  box.append(element("h3", {}, words.social), list(funded.filter(social)));
  box.append(element("h3", {}, words.reserve_list));
  box.append(list(result.reserve.map((id) => rows.find((row) => row.item.id === id))));
  const body = element("tbody", {});
  for (const row of rows) {
    body.append(
      element(
        "tr",
        {},
        element("td", {}, row.item.number + ". " + row.item.title),
        element("td", { className: "amount" }, dollars(row.item.cost)),
        element("td", { className: "amount" }, String(row.votes)),
        element("td", {}, row.outcome + ". " + row.why),
      ),
    );
  }
  box.append(element("table", {}, body));
  box.append(element("p", {}, $("gastado").textContent));
}

/* --- the file -------------------------------------------------------------------------------------------- */

function saveFile() {
  const blob = new Blob([JSON.stringify(fileContent(), null, 1)], { type: "application/json" });
  const link = element("a", {
    href: URL.createObjectURL(blob),
    download: "asamblea-" + data.year + "-" + data.parish.code + (state.closed_at ? "" : "-sin-terminar") + ".json",
  });
  document.body.append(link);
  link.click();
  link.remove();
}

function loadFile(event) {
  const file = event.target.files[0];
  if (!file) {
    return;
  }
  const reader = new FileReader();
  reader.onload = () => {
    let found = null;
    try {
      found = JSON.parse(reader.result);
    } catch (_error) {
      found = null;
    }
    const taken = takeState(found);
    if (taken) {
      keep();
      fill();
    }
    $("guardado").textContent = taken ? words.loaded : words.wrong_file;
  };
  reader.readAsText(file);
  event.target.value = "";
}

/* --- all of it ------------------------------------------------------------------------------------------- */

function refresh() {
  $("quorum").textContent = say("quorum", {
    present: presentNow(),
    sit: data.quorum.sit,
    decide: data.quorum.decide,
  });
  $("instalar").disabled = Boolean(state.opened_at) || presentNow() < data.quorum.sit;
  $("instalada").textContent = state.opened_at ? say("opened", { time: clock(state.opened_at) }) : "";
  for (const seat of seats.keys()) {
    $("puesto-" + seat).disabled = Boolean(state.closed_at);
  }
  for (const id of ["secretaria", "relee"]) {
    $(id).disabled = Boolean(state.closed_at);
  }
  refreshCounts();
  refreshResult();
  refreshMinutes();
}

function fill() {
  $("secretaria").value = state.secretary;
  $("relee").value = state.reader;
  $("observaciones").value = state.observations;
  for (const seat of seats.keys()) {
    $("puesto-" + seat).value = state.present[seat] ? String(state.present[seat].appointment) : "";
  }
  refresh();
}

function start() {
  drawSeats();
  drawCounts();
  let kept = null;
  try {
    kept = JSON.parse(store.load());
  } catch (_error) {
    kept = null;
  }
  takeState(kept);
  const fields = { secretaria: "secretary", relee: "reader", observaciones: "observations" };
  for (const id of Object.keys(fields)) {
    $(id).addEventListener("input", () => {
      state[fields[id]] = $(id).value;
      keep();
    });
  }
  $("instalar").addEventListener("click", openSession);
  $("clausurar").addEventListener("click", closeSession);
  $("imprimir").addEventListener("click", () => print());
  $("guardar").addEventListener("click", saveFile);
  $("abrir").addEventListener("change", loadFile);
  $("borrar").addEventListener("click", () => {
    if (confirm(words.sure)) {
      store.clear();
      state = emptyState();
      fill();
    }
  });
  $("guardado").textContent = store.save(JSON.stringify(fileContent())) ? "" : words.not_kept;
  $("aplicacion").hidden = false;
  fill();
}

start();
