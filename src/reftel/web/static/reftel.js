// What pages gain from scripts: keys, places lit in the copy, links to paragraphs copied. Nothing depends on it.
"use strict";

const said = document.getElementById("said");
const keys = document.getElementById("keys");
const box = document.getElementById("q");
const copy = document.querySelector(".received");

function say(words) {
  said.textContent = words;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { said.textContent = ""; }, 2500);
}

// -- a field and its place in the copy, lit together

const fieldOf = (node) => node instanceof Element ? node.closest("[data-f]") : null;
const named = (field, within = document) => within.querySelectorAll(`[data-f="${CSS.escape(field)}"]`);

function light(element) {
  const field = element ? element.dataset.f : null;
  if (field === light.field) return;
  light.field = field;
  clearTimeout(light.timer);
  document.querySelectorAll(".lit").forEach((each) => each.classList.remove("lit"));
  if (!element) return;
  named(field).forEach((each) => each.classList.add("lit"));
  if (!copy.contains(element)) light.timer = setTimeout(() => bringUp(field), 120);
}

// scrolls the copy, never the page
function bringUp(field) {
  const place = named(field, copy)[0];
  if (!place || copy.scrollHeight <= copy.clientHeight) return;
  const top = place.getBoundingClientRect().top - copy.getBoundingClientRect().top;
  if (top >= 0 && top < copy.clientHeight - 40) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  copy.scrollBy({ top: top - copy.clientHeight / 4, behavior: calm ? "auto" : "smooth" });
}

// from a place in the copy to what was read from it
function goToReading(place) {
  for (let each = place; each; each = fieldOf(each.parentElement)) {
    const found = [...named(each.dataset.f)].find((other) => !copy.contains(other));
    if (!found) continue;
    found.closest("details:not([open])")?.setAttribute("open", "");
    found.scrollIntoView({ block: "center" });
    const link = found.matches("a") ? found : found.querySelector("a");
    link?.focus({ preventScroll: true });
    return;
  }
}

if (copy) {
  document.addEventListener("mouseover", (event) => light(fieldOf(event.target)));
  document.addEventListener("focusin", (event) => {
    light(copy === event.target ? null : fieldOf(event.target));
  });
  copy.addEventListener("click", (event) => {
    const place = fieldOf(event.target);
    if (place && getSelection().isCollapsed) goToReading(place);
  });
  const showTarget = () => {
    const field = fieldOf(document.querySelector(".paragraph:target"))?.dataset.f;
    if (field) bringUp(field);
  };
  addEventListener("hashchange", showTarget);
  addEventListener("load", showTarget); // what the address names is known by then
  // one stop for the tab key, then arrows from field to field
  const places = [...copy.querySelectorAll("[data-f]")];
  places.forEach((place) => { place.tabIndex = -1; });
  copy.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = places.indexOf(document.activeElement);
    if (step && (at >= 0 || step > 0)) {
      event.preventDefault();
      (places[at + step] ?? copy).focus();
    } else if (event.key === "Enter" && at >= 0) {
      goToReading(places[at]);
    }
  });
}

// -- links to paragraphs

document.addEventListener("click", (event) => {
  const number = event.target instanceof Element ? event.target.closest("a.number") : null;
  if (!number || !navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = new URL(number.getAttribute("href"), location.href);
  const at = number.getAttribute("href").startsWith("?") && link.searchParams.get("at");
  link.search = at ? `?at=${encodeURIComponent(at)}` : "";
  link.pathname = link.pathname.replace(/^(\/(as|without)\/[^/]+)+/, ""); // how it is looked at is one's own
  navigator.clipboard.writeText(link.href).then(() => say("Link to the paragraph copied"), () => {});
});

// a link to a paragraph of another part of a long cable
const sought = /^#p(.+)$/.exec(location.hash);
if (sought && document.querySelector(".in-parts") && !document.getElementById(`p${sought[1]}`)) {
  const part = new URL(location.href);
  if (part.searchParams.get("at") !== sought[1]) {
    part.searchParams.delete("part");
    part.searchParams.set("at", sought[1]);
    location.replace(part);
  }
}

// -- what codes mean: a touch shows it first, a second one follows the link; Escape puts it away

document.addEventListener("click", (event) => {
  const code = event.target instanceof Element ? event.target.closest(".code") : null;
  if (!code || event.pointerType !== "touch" || code === tapped) return;
  event.preventDefault();
  code.focus();
  tapped = code;
});
let tapped = null;
document.addEventListener("focusout", () => { tapped = null; });
const dismissed = (term, now) => term?.classList.toggle("dismissed", now);
for (const name of ["mouseout", "focusout"]) {
  document.addEventListener(name, (event) => dismissed(event.target.closest?.(".dismissed"), false));
}

// -- citations copied

document.querySelectorAll("[data-copies]").forEach((button) => {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", () => {
    const text = document.getElementById(button.dataset.copies).textContent;
    navigator.clipboard.writeText(text).then(() => say("Copied"), () => {});
  });
});

// -- keys

function step(by) {
  const all = [...document.querySelectorAll(".hit, .paragraph")];
  if (!all.length) return;
  const now = all.findIndex((each) => each.classList.contains("on"));
  const from = now >= 0 ? now : all.findIndex((each) => each.matches(":target"));
  const next = all[Math.min(all.length - 1, Math.max(0, from + by))];
  all.forEach((each) => each.classList.toggle("on", each === next));
  next.querySelector(".of a, h2 a, th a, a.number").focus({ preventScroll: true });
  next.scrollIntoView({ block: next.offsetHeight > innerHeight * .6 ? "start" : "center" });
}

function letGo() {
  document.querySelectorAll(".on").forEach((each) => {
    if (each.matches(".hit, .paragraph")) each.classList.remove("on");
  });
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  document.querySelectorAll(".term:hover").forEach((each) => dismissed(each, true));
  if (copy) light(null);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select");
  if (event.key === "Escape") letGo();
  else if (typing) return;
  else if (event.key === "/") { box?.focus(); box?.select(); }
  else if (event.key === "?") keys.showModal();
  else if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "[") document.querySelector("a[rel=prev]")?.click();
  else if (event.key === "]") document.querySelector("a[rel=next]")?.click();
  else return;
  event.preventDefault();
});

document.querySelectorAll("[data-opens]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => document.getElementById(button.dataset.opens).showModal());
});
