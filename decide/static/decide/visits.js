// A visit to a place is kept on this phone with its photo (IndexedDB) before it is sent. It is sent when there is a
// line, with its once-only key, and forgotten when the server has it. Without this script the form is an ordinary one.
//
// form[data-visit]          the form; data-visit-title: of what
// [data-visits-waiting]     where what waits is told; data-visit-who: whose visits are sent from here
const LONGEST = 1600, AGAIN = 60_000;
const WORDS = document.documentElement.lang.startsWith("en")
  ? { waiting: "Visits waiting on this phone", send: "Send now", forget: "Delete", sent: "Sent: ", kept: "Kept on this phone: ",
      line: "There is no connection yet. They will be sent when it is back.", refused: "The server did not take it. Open this page again and sign in." }
  : { waiting: "Visitas que esperan en este teléfono", send: "Enviar ahora", forget: "Borrar", sent: "Enviada: ", kept: "Guardada en este teléfono: ",
      line: "Todavía no hay señal. Se enviarán cuando vuelva.", refused: "El servidor no la aceptó. Abra de nuevo esta página y entre." };

const box = document.querySelector("[data-visits-waiting]");
const form = document.querySelector("form[data-visit]");
const who = box?.dataset.visitWho;

const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

// --- the drawer on the phone ---------------------------------------------------------------------------------
const opened = new Promise((resolve, reject) => {
  const asked = indexedDB.open("decide-visits", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("visits", { keyPath: "key" });
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
opened.catch(() => {}); // a browser that keeps nothing: the form goes as it is

async function drawer(mode, act) {
  const store = (await opened).transaction("visits", mode).objectStore("visits");
  const asked = act(store);
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}
const put = (visit) => drawer("readwrite", (store) => store.put(visit));
const forget = (key) => drawer("readwrite", (store) => store.delete(key));
const mine = async () => (await drawer("readonly", (store) => store.getAll())).filter((visit) => visit.who === who);

// --- told ------------------------------------------------------------------------------------------------------
async function show(said = "") {
  const visits = await mine();
  box.hidden = !visits.length && !said;
  box.className = "notice notice--info stack stack--tight";
  const parts = [element("p", { role: "status" }, said)];
  if (visits.length) {
    const list = element("ul", { class: "stack stack--tight" });
    for (const visit of visits) {
      const drop = element("button", { type: "button", class: "link-button" }, WORDS.forget);
      drop.addEventListener("click", async () => { await forget(visit.key); show(); });
      list.append(element("li", {}, `${visit.title}. ${visit.error || ""} `, drop));
    }
    const send = element("button", { type: "button", class: "button button--quiet" }, WORDS.send);
    send.addEventListener("click", sendAll);
    parts.unshift(element("p", {}, element("strong", {}, `${WORDS.waiting}: ${visits.length}`)));
    parts.push(list, element("p", {}, send));
  }
  box.replaceChildren(...parts);
}

// --- sent --------------------------------------------------------------------------------------------------------
let sending = false;

async function sendAll() {
  if (sending) return;
  sending = true;
  const sent = [];
  let said = "";
  try {
    for (const visit of await mine()) {
      const outcome = await send(visit);
      if (outcome === "line") { said = WORDS.line; break; }
      if (outcome === "stored") sent.push(visit.title);
    }
  } finally {
    sending = false;
  }
  await show(sent.length ? `${WORDS.sent}${sent.join(", ")}. ${said}` : said);
}

async function send(visit) {
  const body = new FormData();
  for (const [name, value] of visit.fields) body.append(name, value);
  body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  if (visit.photo) body.set("image", visit.photo, "foto.jpg");
  let answer;
  try {
    answer = await fetch(visit.address, { method: "POST", body, headers: { Accept: "application/json" } });
  } catch {
    return "line";
  }
  if (answer.status >= 500 || answer.status === 429) return "line";
  if (answer.status === 201) {
    await forget(visit.key);
    return "stored";
  }
  const json = answer.headers.get("Content-Type")?.includes("json");
  await put({ ...visit, error: json ? (await answer.json()).error.join(" ") : WORDS.refused });
  return "refused";
}

// --- kept ------------------------------------------------------------------------------------------------------------
async function small(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = element("canvas");
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

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

async function keep() {
  const file = form.elements.image.files[0];
  const fields = [...new FormData(form)].filter(([name]) => !["csrfmiddlewaretoken", "image"].includes(name));
  const visit = {
    key: form.elements.once_key.value, who, fields, address: form.getAttribute("action"),
    title: form.dataset.visitTitle, photo: file ? await small(file) : null,
  };
  await put(visit);
  form.reset();
  form.elements.once_key.value = newKey();
  form.dispatchEvent(new Event("input", { bubbles: true })); // nothing is half written any more
  await show(WORDS.kept + visit.title);
}

if (box && who && window.indexedDB) {
  let keeping = false;
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    if (keeping) return;
    keeping = true;
    keep().then(sendAll, () => form.submit()).finally(() => { keeping = false; });
  });
  addEventListener("online", sendAll);
  setInterval(async () => { if (navigator.onLine && (await mine()).length) sendAll(); }, AGAIN);
  mine().then((visits) => { if (visits.length) sendAll(); }).catch(() => {});
}
