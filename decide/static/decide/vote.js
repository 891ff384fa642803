// Small help on the pages of a poll; the server says all of it too.
//   a ballot: what the marked projects cost together; "en blanco" and an option are not both marked
//   the check page: the code of a receipt that came after the # of its address goes into the form, and out of the address

const money = new Intl.NumberFormat(document.documentElement.lang || "es", { useGrouping: "always", maximumFractionDigits: 2 });
const usd = (amount) => `USD ${money.format(amount)}`;

for (const question of document.querySelectorAll(".question")) {
  const inputs = [...question.querySelectorAll("input[type=checkbox]")];
  const blank = inputs.find((input) => "blank" in input.dataset);
  const sum = question.querySelector("[data-sum]");
  const amount = Number(question.dataset.amount);
  const add = () => {
    if (!sum) return;
    const total = inputs.reduce((all, input) => all + (input.checked ? Number(input.dataset.cost || 0) : 0), 0);
    const over = total > amount;
    sum.hidden = false;
    sum.classList.toggle("sum--over", over);
    sum.textContent = (over ? sum.dataset.over : sum.dataset.words)
      .replace("{sum}", usd(total)).replace("{amount}", usd(amount))
      .replace("{left}", usd(amount - total)).replace("{over}", usd(total - amount));
  };
  question.addEventListener("change", ({ target }) => {
    if (target === blank && blank.checked) for (const input of inputs) input.checked = input === blank;
    else if (blank && target.checked) blank.checked = false;
    add();
  });
  add();
}

const kept = document.querySelector("[data-kept-code] textarea");
if (kept && location.hash.startsWith("#decide1.")) {
  kept.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}
