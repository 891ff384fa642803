// While the title is typed: things like it, inline, from the server (a piece of a page).
// data-similar-with="parish"   another field of the form goes along with the title
const input = document.querySelector("[data-similar]");
const list = document.querySelector("[data-similar-list]");
document.querySelector("[data-similar-button]")?.closest("p").setAttribute("hidden", "");

if (input && list) {
  let timer, asked = "", flight;

  const ask = async () => {
    const title = input.value.trim(), name = input.dataset.similarWith, beside = name && input.form.elements[name];
    const query = new URLSearchParams({ q: title, ...(beside && { [name]: beside.value }) }).toString();
    if (query === asked) return;
    asked = query;
    flight?.abort();
    if (title.length < 5) return list.replaceChildren();
    flight = new AbortController();
    try {
      const answer = await fetch(`${list.dataset.similarList}?${query}`, { signal: flight.signal });
      // Only what differs is put in: a screen reader is not told the same twice.
      if (answer.ok) {
        const html = (await answer.text()).trim();
        const found = html.includes("<li");
        if (found && list.innerHTML.trim() !== html) list.innerHTML = html;
        else if (!found) list.replaceChildren();
      }
    } catch { /* the line broke: the next key asks again */ asked = ""; }
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 400);
  };
  input.addEventListener("input", soon);
  input.form.elements[input.dataset.similarWith]?.addEventListener("change", soon);
}
