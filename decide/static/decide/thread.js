// Saying that a comment is useful without leaving the place where one reads. Without it, the button sends its form.

const form = document.getElementById("valorar");

document.addEventListener("click", async (event) => {
  const button = event.target.closest('button[form="valorar"]');
  if (!button || !form.requestSubmit) return;
  event.preventDefault();
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  const said = await send(button);
  button.ariaBusy = null;
  if (!said) {
    // Not signed in, too late, no connection: the page says which.
    form.requestSubmit(button);
    return;
  }
  const [useful, notUseful] = button.parentElement.querySelectorAll('button[form="valorar"]');
  show(useful, said.useful, said.mine === true, "useful");
  show(notUseful, said.not_useful, said.mine === false, "not_useful");
});

async function send(button) {
  const body = new FormData(form);
  body.set("value", button.value);
  try {
    const headers = { Accept: "application/json" };
    const answer = await fetch(button.formAction, { method: "POST", body, headers, redirect: "manual" });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function show(button, label, pressed, value) {
  button.textContent = label;
  button.value = pressed ? "none" : value;
  if (pressed) button.setAttribute("aria-pressed", "true");
  else button.removeAttribute("aria-pressed");
}
