
"use strict";
(() => {
  const query = document.getElementById("query");
  const found = document.getElementById("found");
  const entries = Array.from(document.querySelectorAll("[data-find]"), (node) => ({ node, text: null }));
  document.getElementById("search").hidden = false;

  const search = () => {
    const terms = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    let number = 0;
    for (const entry of entries) {
      entry.text ??= entry.node.textContent.toLowerCase();
      const fits = terms.every((term) => entry.text.includes(term));
      entry.node.hidden = !fits;
      number += fits ? 1 : 0;
    }
    found.value = terms.length ? number + " found" : "";
  };
  let waiting;
  query.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 80);
  });

  // A link to a row opens it.
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (target && target.matches("details.entry")) {
      target.hidden = false;
      target.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", reveal);
  reveal();

  for (const list of document.querySelectorAll("[data-list]")) {
    const rows = Array.from(list.querySelectorAll(":scope > details"));
    const head = list.querySelector(".head");
    head.removeAttribute("aria-hidden");
    for (const cell of head.querySelectorAll("[data-sort]")) {
      const key = cell.dataset.sort;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = cell.textContent;
      button.title = "Sort by " + cell.textContent + "; again: by rank";
      button.setAttribute("aria-pressed", "false");
      cell.replaceChildren(button);
      button.addEventListener("click", () => {
        const on = button.getAttribute("aria-pressed") === "false";
        for (const other of head.querySelectorAll("button")) other.setAttribute("aria-pressed", "false");
        button.setAttribute("aria-pressed", String(on));
        const order = rows.slice();
        if (on) {
          order.sort((a, b) =>
            key === "name"
              ? a.dataset.name < b.dataset.name ? -1 : a.dataset.name > b.dataset.name ? 1 : 0
              : Number(b.dataset[key]) - Number(a.dataset[key]));
        }
        list.append(...order);
      });
    }
  }
})();
