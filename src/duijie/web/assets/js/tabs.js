// Tabs within a page: <div role="tablist"> of buttons with aria-controls. Without script every panel is shown, one after another.
import { onEach } from "./htmx.js";

export function startTabs() {
  onEach("[role=tablist]", (list) => {
    const tabs = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=tab]")]);
    const panelOf = (/** @type {Element} */ tab) => document.getElementById(tab.getAttribute("aria-controls") ?? "");
    const select = (/** @type {HTMLElement} */ chosen, focus = true) => {
      for (const tab of tabs) {
        const on = tab === chosen;
        tab.setAttribute("aria-selected", String(on));
        tab.tabIndex = on ? 0 : -1;
        const panel = panelOf(tab);
        if (panel) panel.hidden = !on;
      }
      if (focus) chosen.focus();
      window.dispatchEvent(new Event("resize"));
    };
    select(tabs.find((tab) => `#${panelOf(tab)?.id}` === location.hash) ?? tabs.find((tab) => tab.getAttribute("aria-selected") === "true") ?? tabs[0], false);
    list.addEventListener("click", (event) => {
      const tab = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[role=tab]"));
      if (tab) select(tab);
    });
    list.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const now = tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
      if (step && now >= 0) select(tabs[(now + step + tabs.length) % tabs.length]);
      if (event.key === "Home") select(tabs[0]);
      if (event.key === "End") select(tabs[tabs.length - 1]);
    });
  });
}
