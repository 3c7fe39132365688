// What finding gains from scripts: suggestions in the box, and steps from one marked place to the next.
"use strict";

// -- suggestions

const asked = document.getElementById("q");

if (asked) {
  const list = document.createElement("ul");
  list.id = "suggested";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  asked.form.append(list);
  const state = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" };
  for (const [name, value] of Object.entries(state)) asked.setAttribute(name, value);
  let waiting = 0;
  let latest = 0;

  const shut = () => {
    list.hidden = true;
    latest += 1;
    asked.setAttribute("aria-expanded", "false");
    asked.removeAttribute("aria-activedescendant");
  };

  const choose = (option) => {
    asked.value = option.dataset.query;
    shut();
    asked.focus();
  };

  const show = (suggestions) => {
    list.replaceChildren(...suggestions.map((each, order) => {
      const option = document.createElement("li");
      option.id = `suggested-${order}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.query = each.query;
      const clause = document.createElement("code");
      clause.textContent = each.clause;
      const says = document.createElement("span");
      says.textContent = each.says;
      const count = document.createElement("span");
      count.className = "number";
      count.textContent = each.count === null ? "" : each.count.toLocaleString("en");
      option.append(clause, " ", says, " ", count);
      return option;
    }));
    list.hidden = !suggestions.length;
    asked.setAttribute("aria-expanded", String(Boolean(suggestions.length)));
    asked.removeAttribute("aria-activedescendant");
  };

  const ask = async () => {
    const mine = latest += 1;
    if (asked.selectionStart !== asked.value.length) { shut(); return; }
    try {
      const answer = await fetch(new URL(`suggest.json?q=${encodeURIComponent(asked.value)}`, asked.form.action));
      const found = answer.ok ? (await answer.json()).suggestions : [];
      if (mine === latest && document.activeElement === asked) show(found);
    } catch { /* the box works without */ }
  };

  asked.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 120);
  });
  asked.addEventListener("blur", () => { clearTimeout(waiting); shut(); });
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
    if (option) choose(option);
  });
  asked.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const options = [...list.children];
    const now = options.findIndex((each) => each.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const next = now < 0 ? (step > 0 ? 0 : options.length - 1) : now + step;
      options.forEach((each, order) => each.setAttribute("aria-selected", String(order === next)));
      if (options[next]) {
        asked.setAttribute("aria-activedescendant", options[next].id);
        options[next].scrollIntoView({ block: "nearest" });
      } else asked.removeAttribute("aria-activedescendant");
    } else if (event.key === "Enter" && now >= 0) choose(options[now]);
    else if (event.key === "Escape") { shut(); event.stopPropagation(); }
    else return;
    event.preventDefault();
  });
}

// -- from one marked place to the next

const marks = [...document.querySelectorAll(".text mark.sought")];
document.querySelectorAll(".by-keys").forEach((each) => { each.hidden = !marks.length; });

document.addEventListener("keydown", (event) => {
  const step = { n: 1, p: -1 }[event.key];
  if (!step || !marks.length || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.target instanceof Element && event.target.closest("input, textarea, select")) return;
  event.preventDefault();
  let now = marks.findIndex((each) => each.classList.contains("now"));
  if (now < 0) {
    const first = marks.findIndex((each) => each.closest(".paragraph:target"));
    const from = first < 0 ? 0 : first;
    now = step > 0 ? from - 1 : from;
  }
  const next = (now + step + marks.length) % marks.length;
  marks.forEach((each, order) => each.classList.toggle("now", order === next));
  marks[next].scrollIntoView({ block: "center" });
  say(`${next + 1} of ${marks.length}`);
});

// -- a page that opens over this one

document.querySelectorAll("a[data-dialog]").forEach((link) => {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    document.getElementById(link.dataset.dialog).showModal();
  });
});
