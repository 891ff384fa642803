// Passkeys for allauth's forms, without inline scripts. A form names what it does in data-passkey:
// "create" (options in #js_data), "get" (options in #js_data) or "login" (options from the form's address).
const bytes = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (c) => c.charCodeAt(0));
};
const text = (buffer) => {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};
const known = (list) => (list || []).map((c) => ({ ...c, id: bytes(c.id) }));

async function create(options, passwordless) {
  const key = options.publicKey;
  const selection = { ...key.authenticatorSelection };
  selection.residentKey = passwordless ? "required" : "discouraged";
  selection.requireResidentKey = passwordless;
  if (passwordless) selection.userVerification = "required";
  const made = await navigator.credentials.create({
    publicKey: {
      ...key,
      authenticatorSelection: selection,
      challenge: bytes(key.challenge),
      user: { ...key.user, id: bytes(key.user.id) },
      excludeCredentials: known(key.excludeCredentials),
    },
  });
  return plainCredential(made, {
    attestationObject: text(made.response.attestationObject),
    clientDataJSON: text(made.response.clientDataJSON),
    transports: made.response.getTransports ? made.response.getTransports() : [],
  });
}

async function get(options) {
  const key = options.publicKey;
  const found = await navigator.credentials.get({
    publicKey: { ...key, challenge: bytes(key.challenge), allowCredentials: known(key.allowCredentials) },
  });
  const answer = found.response;
  return plainCredential(found, {
    authenticatorData: text(answer.authenticatorData),
    clientDataJSON: text(answer.clientDataJSON),
    signature: text(answer.signature),
    userHandle: answer.userHandle ? text(answer.userHandle) : null,
  });
}

function plainCredential(credential, response) {
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

async function options(form) {
  if (form.dataset.passkey === "login") {
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    return (await answer.json()).request_options;
  }
  const data = JSON.parse(document.getElementById("js_data").textContent);
  return data.creation_options || data.request_options;
}

for (const form of window.PublicKeyCredential ? document.querySelectorAll("form[data-passkey]") : []) {
  const problem = form.querySelector("[data-passkey-problem]");
  form.hidden = false;
  for (const part of form.querySelectorAll("[data-passkey-button]")) part.hidden = false;
  for (const part of document.querySelectorAll("[data-passkey-missing]")) part.hidden = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      const passwordless = Boolean(form.elements.passwordless && form.elements.passwordless.checked);
      const asked = await options(form);
      const credential = form.dataset.passkey === "create" ? await create(asked, passwordless) : await get(asked);
      form.elements.credential.value = JSON.stringify(credential);
      form.submit();
    } catch {
      problem.hidden = false;
    }
  });
}
