// While the title is typed: proposals like it, inline, from the server (a piece of a page).
const input = document.querySelector("[data-similar]");
const list = document.querySelector("[data-similar-list]");
document.querySelector("[data-similar-button]")?.closest("p").setAttribute("hidden", "");

if (input && list) {
  let timer, asked = "", flight;

  const ask = async () => {
    const title = input.value.trim();
    if (title === asked) return;
    asked = title;
    flight?.abort();
    if (title.length < 5) return list.replaceChildren();
    flight = new AbortController();
    try {
      const answer = await fetch(`${list.dataset.similarList}?q=${encodeURIComponent(title)}`, { signal: flight.signal });
      // Only what differs is put in: a screen reader is not told the same twice.
      if (answer.ok) {
        const html = (await answer.text()).trim();
        const found = html.includes("<li");
        if (found && list.innerHTML.trim() !== html) list.innerHTML = html;
        else if (!found) list.replaceChildren();
      }
    } catch { /* the line broke: the next key asks again */ asked = ""; }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 400);
  });
}
