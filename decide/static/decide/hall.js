// The projector has nobody to touch it: when live.js shows [data-reload] (a new item, a new state), the page comes anew.
const news = new MutationObserver((changes) => {
  if (changes.some(({ target }) => !target.hidden)) location.reload();
});
for (const node of document.querySelectorAll("[data-reload]")) news.observe(node, { attributeFilter: ["hidden"] });
