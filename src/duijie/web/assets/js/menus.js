// A menu is a <details class="k-menu">: closed by Escape, by a click elsewhere, and when another opens; arrows walk its items.

export function startMenus() {
  const openMenus = () => /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("details.k-menu[open]"));
  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) {
      const inside = menu.contains(/** @type {Node} */ (event.target));
      const item = /** @type {Element} */ (event.target).closest?.(".k-menu-item");
      if (!inside || (item && !item.hasAttribute("data-stay"))) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const menu = /** @type {HTMLDetailsElement | null} */ (/** @type {Element} */ (event.target).closest?.("details.k-menu[open]"));
    if (!menu) return;
    if (event.key === "Escape") {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const items = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll(".k-menu-item")]);
      const now = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
      event.preventDefault();
      items[(now + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length]?.focus();
    }
  });
}
