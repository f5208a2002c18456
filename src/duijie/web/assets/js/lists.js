// j and k walk through the entries of <ul data-keys> or the rows of <table data-keys>; Enter opens the first link of the entry.
import { onEach } from "./htmx.js";
import { isTyping } from "./search.js";

const entriesOf = () =>
  /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-keys] > li, [data-keys] > div, [data-keys] > article, [data-keys] > tbody > tr")].filter(
    (entry) => /** @type {HTMLElement} */ (entry).offsetParent !== null,
  ));

export function startLists() {
  onEach("details[data-fold-phone]", (details) => {
    if (matchMedia("(max-width: 39.99em)").matches) details.removeAttribute("open");
  });
  document.addEventListener("keydown", (event) => {
    if (!["j", "k", "Enter"].includes(event.key) || isTyping(event)) return;
    const entries = entriesOf();
    if (!entries.length) return;
    const now = entries.findIndex((entry) => entry.classList.contains("is-current"));
    if (event.key === "Enter") {
      if (now >= 0 && event.target === document.body) linkOf(entries[now])?.click();
      return;
    }
    event.preventDefault();
    const next = entries[Math.min(entries.length - 1, Math.max(0, event.key === "j" ? now + 1 : now - 1))];
    entries[now]?.classList.remove("is-current");
    next.classList.add("is-current");
    next.scrollIntoView({ block: "nearest" });
    linkOf(next)?.focus({ preventScroll: true });
  });
}

/** @param {HTMLElement} entry */
function linkOf(entry) {
  return /** @type {HTMLElement | null} */ (entry.querySelector("[data-open]") ?? entry.querySelector("h2 a, h3 a, th a, a[href]"));
}
