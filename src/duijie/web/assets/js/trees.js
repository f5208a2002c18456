// Arrow keys in a tree of <details>: right opens, left closes, up and down walk through what is visible.
import { onEach } from "./htmx.js";

export function startTrees() {
  onEach("[data-tree]", (tree) => {
    tree.addEventListener("keydown", (event) => {
      const here = /** @type {HTMLElement} */ (event.target);
      const details = /** @type {HTMLDetailsElement | null} */ (here.matches("summary") ? here.parentElement : here.matches(".k-tree-link") ? here.nextElementSibling : null);
      const stops = /** @type {HTMLElement[]} */ ([...tree.querySelectorAll("summary, a")].filter((e) => /** @type {HTMLElement} */ (e).offsetParent !== null));
      const now = stops.indexOf(here);
      if (event.key === "ArrowRight" && details && !details.open) details.open = true;
      else if (event.key === "ArrowLeft" && details?.open) details.open = false;
      else if (event.key === "ArrowLeft") /** @type {HTMLElement | null} */ (here.closest("ul")?.closest("details")?.querySelector("summary"))?.focus();
      else if (event.key === "ArrowDown" || (event.key === "ArrowRight" && details)) stops[now + 1]?.focus();
      else if (event.key === "ArrowUp") stops[now - 1]?.focus();
      else return;
      event.preventDefault();
    });
  });
}
