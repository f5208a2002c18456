// Light, dark, or as the system: kept in a cookie, so that the server writes the choice into the page and nothing flashes.

/** @returns {"light" | "dark"} what is shown now */
export function shownTheme() {
  const chosen = document.documentElement.dataset.bsTheme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** @param {string} theme "light", "dark" or "system" */
function choose(theme) {
  const root = document.documentElement;
  const secure = location.protocol === "https:" ? "; secure" : "";
  if (theme === "system") {
    delete root.dataset.bsTheme;
    document.cookie = `theme=; path=/; max-age=0; samesite=lax${secure}`;
  } else {
    root.dataset.bsTheme = theme;
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax${secure}`;
  }
  mark();
  document.dispatchEvent(new CustomEvent("kit:theme"));
}

function mark() {
  const chosen = document.documentElement.dataset.bsTheme ?? "system";
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.getAttribute("data-theme-choice") === chosen));
  }
}

export function startTheme() {
  mark();
  document.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest?.("[data-theme-choice]");
    if (button) choose(button.getAttribute("data-theme-choice") ?? "system");
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    if (!document.documentElement.dataset.bsTheme) document.dispatchEvent(new CustomEvent("kit:theme"));
  });
}
