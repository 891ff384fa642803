// The QR of a receipt brings the code after the hash, which no server sees: it is put into the field, and out of sight.
const code = decodeURIComponent(location.hash.slice(1));
const field = document.querySelector('input[name="code"]');
if (field && /^[\w-]{8,20}$/.test(code)) {
  field.value = code;
  history.replaceState(null, "", location.pathname);
}
