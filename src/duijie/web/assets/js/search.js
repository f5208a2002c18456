// "/" puts the cursor into the search box; on a phone the magnifier unfolds it.

/** Does this key press belong to something that people type into? */
export function isTyping(/** @type {KeyboardEvent} */ event) {
  const target = /** @type {HTMLElement} */ (event.target);
  return event.ctrlKey || event.metaKey || event.altKey || event.isComposing
    || target.matches?.("input, textarea, select, [contenteditable]") || !!document.querySelector("dialog[open]");
}

export function startSearch() {
  const bar = document.querySelector(".k-bar-search");
  const input = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-search-main]") ?? bar?.querySelector("input") ?? null);
  const open = () => {
    if (!input) return;
    if (input.offsetParent === null) bar?.classList.add("is-open");
    input.focus();
    input.select();
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !isTyping(event)) {
      event.preventDefault();
      open();
    } else if (event.key === "Escape" && event.target === input) {
      bar?.classList.remove("is-open");
      input?.blur();
    }
  });
  document.querySelector("[data-search-open]")?.addEventListener("click", () => {
    bar?.classList.add("is-open");
    bar?.querySelector("input")?.focus();
  });
  bar?.addEventListener("focusout", (event) => {
    if (!bar.contains(/** @type {Node | null} */ (/** @type {FocusEvent} */ (event).relatedTarget))) bar.classList.remove("is-open");
  });
}
