// What every form gets: sent once, progress shown; and for forms marked data-keep, what was typed stays on this
// phone until it arrived. Everything works without it.
//
// data-keep="name"      keep the typed fields (never passwords, files or hidden fields) under this address and name
// data-count="200"      how many letters are left
// data-photos           photos are made small here and sent one by one
// data-place            "Usar mi ubicación"

const KEPT_DAYS = 30;
const WORDS = document.documentElement.lang.startsWith("en")
  ? { restore: "You had written something here and did not send it.", use: "Continue with it", forget: "Delete it",
      left: (n) => `${n} characters left`, over: (n) => `${n} characters too many`, sending: "Sending…" }
  : { restore: "Aquí había escrito algo que no llegó a enviar.", use: "Seguir con eso", forget: "Borrarlo",
      left: (n) => `Quedan ${n} letras`, over: (n) => `Sobran ${n} letras`, sending: "Enviando…" };

const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

// --- sent once ---------------------------------------------------------------------------------------------
const busy = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("method")?.toLowerCase() !== "post") return; // a field may be called "method"
  if (busy.has(form)) return event.preventDefault();
  if (event.defaultPrevented) return;
  busy.add(form);
  // After the browser has read which button was pressed.
  setTimeout(() => show(form, true));
});
addEventListener("pageshow", () => {
  for (const form of document.forms) { busy.delete(form); show(form, false); }
});

function show(form, on) {
  for (const button of form.querySelectorAll("button:not([type=button])")) {
    if (on) button.setAttribute("aria-disabled", "true"); else button.removeAttribute("aria-disabled");
  }
  const progress = form.querySelector("[data-progress]");
  if (progress) progress.textContent = on ? progress.dataset.sending || WORDS.sending : "";
}

// --- what was typed stays ------------------------------------------------------------------------------------
const storage = (() => { try { return localStorage; } catch { return null; } })();
const keyOf = (form) => `kept:${location.pathname}:${form.dataset.keep}:${form.dataset.keepVersion || ""}`;
const keepable = (field) => field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type)
  && !field.hasAttribute("data-never-keep") && !/^(csrfmiddlewaretoken|cedula|number|birth_date|code)$/.test(field.name);

const valueOf = (field) => ["checkbox", "radio"].includes(field.type) ? field.checked : field.value;
const initialOf = (field) => {
  if (["checkbox", "radio"].includes(field.type)) return field.defaultChecked;
  if (field.tagName === "SELECT") return [...field.options].find((o) => o.defaultSelected)?.value ?? field.options[0]?.value ?? "";
  return field.defaultValue;
};

function read(form) {
  // A form that came back with what was typed in it has nothing new, and nothing that may be lost.
  const back = form.hasAttribute("data-refilled") || document.querySelector("[data-errors]");
  const typed = {};
  for (const field of form.elements) {
    if (keepable(field) && (back ? valueOf(field) : valueOf(field) !== initialOf(field))) {
      typed[field.type === "radio" ? `${field.name}=${field.value}` : field.name] = valueOf(field);
    }
  }
  return typed;
}

function write(form, typed) {
  for (const field of form.elements) {
    const name = field.type === "radio" ? `${field.name}=${field.value}` : field.name;
    if (!keepable(field) || !(name in typed)) continue;
    if (["checkbox", "radio"].includes(field.type)) field.checked = typed[name]; else field.value = typed[name];
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function keep(form) {
  const key = keyOf(form);
  let timer;
  const save = () => {
    clearTimeout(timer);
    if (form.dataset.sent) return;
    const typed = read(form);
    try {
      if (Object.keys(typed).length) storage.setItem(key, JSON.stringify({ at: Date.now(), typed }));
      else if (!form.dataset.waiting) storage.removeItem(key);
    } catch { /* full or forbidden: nothing is kept */ }
  };
  offer(form, key);
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 500); });
  addEventListener("pagehide", save);
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  // What is sent may still be lost on the way: it is forgotten when the page that follows a success arrives.
  form.addEventListener("submit", (event) => {
    save();
    if ("question" in (event.submitter?.dataset ?? {})) return;
    try { sessionStorage.setItem("kept:sent", key); } catch { /* then it is offered again */ }
  });
}

function offer(form, key) {
  let kept;
  try { kept = JSON.parse(storage.getItem(key)); } catch { return; }
  if (!kept || form.hasAttribute("data-refilled") || document.querySelector("[data-errors]")) return;
  form.dataset.waiting = "1";
  const use = element("button", { type: "button", class: "button" }, WORDS.use);
  const forget = element("button", { type: "button", class: "button button--quiet" }, WORDS.forget);
  const box = element("div", { class: "notice notice--info stack", "data-kept": "" },
    element("p", {}, WORDS.restore), element("div", { class: "cluster" }, use, forget));
  const done = () => { delete form.dataset.waiting; box.remove(); };
  use.addEventListener("click", () => { write(form, kept.typed); done(); form.querySelector("input:not([type=hidden]), textarea")?.focus(); });
  forget.addEventListener("click", () => { storage.removeItem(key); done(); });
  form.prepend(box);
}

function forgetSent() {
  if (document.querySelector("[data-review]")) return; // asked once more: not stored yet
  let key;
  try { key = sessionStorage.getItem("kept:sent"); sessionStorage.removeItem("kept:sent"); } catch { return; }
  // A success always leads on with a redirect; a lost line, a refusal and a form with errors do not.
  const redirected = performance.getEntriesByType("navigation")[0]?.redirectCount > 0;
  const stored = redirected && !location.pathname.startsWith("/cuentas/") && !document.querySelector("[data-errors]");
  if (key && stored) storage.removeItem(key);
}

function forgetOld() {
  for (const key of Object.keys(storage).filter((k) => k.startsWith("kept:"))) {
    let at = 0;
    try { at = JSON.parse(storage.getItem(key)).at; } catch { /* not ours any more */ }
    if (Date.now() - at > KEPT_DAYS * 864e5) storage.removeItem(key);
  }
}

if (storage) {
  forgetSent();
  forgetOld();
  for (const form of document.querySelectorAll("form[data-keep]")) keep(form);
}

// --- letters left ----------------------------------------------------------------------------------------------
for (const field of document.querySelectorAll("[data-count]")) {
  const most = Number(field.dataset.count);
  const left = element("p", { class: "hint", id: `${field.id}_left` });
  field.after(left);
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") || ""} ${left.id}`.trim());
  const count = () => {
    const n = most - [...field.value].length;
    left.textContent = n < 0 ? WORDS.over(-n) : WORDS.left(n);
  };
  field.addEventListener("input", count);
  count();
}

// --- where ---------------------------------------------------------------------------------------------------------
for (const place of document.querySelectorAll("[data-place]")) {
  const form = place.closest("form");
  const [use, clear, status] = ["use", "clear", "status"].map((n) => place.querySelector(`[data-place-${n}]`));
  const { lat, lon } = form.elements;
  if (!navigator.geolocation || !lat || !lon) continue;
  place.hidden = false;
  clear.hidden = !lat.value;
  use.addEventListener("click", () => navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const inside = coords.latitude > -0.65 && coords.latitude < 0.4 && coords.longitude > -79 && coords.longitude < -78.1;
      // Five places are a metre: enough for a street corner.
      lat.value = inside ? coords.latitude.toFixed(5) : "";
      lon.value = inside ? coords.longitude.toFixed(5) : "";
      clear.hidden = !inside;
      status.textContent = inside ? status.dataset.found : status.dataset.outside;
    },
    () => { status.textContent = status.dataset.failed; },
    { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
  ));
  clear.addEventListener("click", () => { lat.value = lon.value = status.textContent = ""; clear.hidden = true; });
}

// --- photos, small and one by one ------------------------------------------------------------------------------------
const LONGEST = 1600, TRIES = 4;
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

async function small(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = element("canvas", {});
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.82); });
    return blob && blob.size < file.size ? blob : file;
  } catch {
    return file; // what the phone cannot read, the server judges
  }
}

const headers = { Accept: "application/json" };

async function post(address, body, tries = TRIES) {
  for (let n = 1; ; n += 1) {
    try {
      const answer = await fetch(address, { method: "POST", body, headers });
      if (answer.status < 500 || n === tries) return answer;
    } catch (error) {
      if (n === tries) throw error;
    }
    await pause(1000 * 2 ** (n - 1));
  }
}

// The text first, as a draft; then each photo with its once-only key; then what the person asked for. Whatever fails is
// sent again by the same button: what arrived already is known by its key.
async function sendOneByOne(form, action, progress) {
  const token = form.elements.csrfmiddlewaretoken.value;
  const body = new FormData(form);
  const rows = [...form.querySelectorAll("[data-photo]")].filter((input) => input.files.length);
  for (const input of rows) body.delete(input.name);
  body.set("action", action === "publish" ? "draft" : action);
  const stored = await post(form.getAttribute("action") || location.href, body);
  if (!stored.ok || !stored.headers.get("Content-Type")?.includes("json")) return false;
  const to = await stored.json();
  // From here on the same button changes what is stored, so that nothing typed meanwhile is lost.
  form.setAttribute("action", to.edit);
  if (!form.elements.version) form.append(element("input", { type: "hidden", name: "version" }));
  form.elements.version.value = to.version;
  for (const [i, input] of rows.entries()) {
    progress.textContent = `${progress.dataset.photoSending} ${i + 1} / ${rows.length}…`;
    const n = input.dataset.photo, photo = new FormData();
    photo.set("csrfmiddlewaretoken", token);
    photo.set("image", await small(input.files[0]), "foto.jpg");
    photo.set("alt", form.elements[`alt${n}`].value);
    photo.set("once_key", form.elements[`photokey${n}`].value);
    const answer = await post(to.photos, photo);
    if (!answer.ok && answer.status !== 409) throw new Error("photo");
  }
  if (action === "publish") {
    const publish = new FormData();
    publish.set("csrfmiddlewaretoken", token);
    const answer = await post(to.publish, publish);
    if (!answer.ok) throw new Error("publish");
    to.page = (await answer.json()).page;
  }
  form.dataset.sent = "1";
  storage?.removeItem(keyOf(form));
  location.assign(to.page);
  return true;
}

for (const form of document.querySelectorAll("form[data-photos]")) {
  // The place for the next photo appears when the one before is taken.
  const places = [...form.querySelectorAll("[data-photo-row]")];
  for (const [i, place] of places.entries()) {
    if (i) place.hidden = true;
    place.querySelector("[data-photo]").addEventListener("change", () => { if (places[i + 1]) places[i + 1].hidden = false; });
  }
  const progress = form.querySelector("[data-progress]");
  form.addEventListener("submit", (event) => {
    const chosen = [...form.querySelectorAll("[data-photo]")].some((input) => input.files.length);
    const action = event.submitter?.value;
    if (!chosen || action === "similar" || form.dataset.whole || !window.fetch) return;
    event.preventDefault();
    if (busy.has(form)) return;
    busy.add(form);
    show(form, true);
    sendOneByOne(form, action, progress).then((done) => {
      if (done) return;
      // Something is wrong with the text, or nobody is signed in: the page itself says so.
      busy.delete(form);
      form.dataset.whole = "1";
      form.requestSubmit(event.submitter);
    }).catch(() => {
      busy.delete(form);
      show(form, false);
      progress.textContent = progress.dataset.photoFailed;
    });
  });
}
