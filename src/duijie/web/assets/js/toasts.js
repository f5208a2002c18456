// Short notices in a corner, read out by screen readers. The server may send one with the header
// HX-Trigger: {"toast": {"text": "…", "kind": "good"}}.
import { words } from "./words.js";
import { icon } from "./icons.js";

const ICONS = { good: "circle-check", warn: "alert-triangle", bad: "alert-circle", info: "info-circle" };

/**
 * @param {string} text one sentence
 * @param {"good" | "warn" | "bad" | "info"} [kind] bad and warn stay until they are closed
 */
export function toast(text, kind = "info") {
  const region = document.getElementById("toasts");
  if (!region) return;
  const item = document.createElement("div");
  item.className = `k-toast k-toast-${kind}`;
  const body = document.createElement("div");
  body.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "k-close";
  close.setAttribute("aria-label", words().close);
  close.append(icon("x"));
  close.addEventListener("click", () => item.remove());
  item.append(icon(ICONS[kind] ?? ICONS.info), body, close);
  region.append(item);
  if (kind === "good" || kind === "info") setTimeout(() => item.remove(), 6000);
}

export function startToasts() {
  document.addEventListener("toast", (event) => {
    const { text, kind } = /** @type {CustomEvent} */ (event).detail ?? {};
    if (text) toast(text, kind);
  });
  document.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest?.("[data-dismiss]");
    if (button) button.closest(".k-note, .k-toast")?.remove();
  });
}
