// <button data-copy="text"> copies its text; an empty value copies the address of the page.
import { toast } from "./toasts.js";
import { words } from "./words.js";

/** @param {string} text */
async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copy refused");
  return undefined;
}

export function startCopies() {
  document.addEventListener("click", async (event) => {
    const target = /** @type {Element} */ (event.target);
    if (target.closest?.("[data-print]")) window.print();
    const button = target.closest?.("[data-copy]");
    if (!button) return;
    const text = button.getAttribute("data-copy") || location.href;
    try {
      await copy(new URL(text, location.href).protocol.startsWith("http") && text.startsWith("/") ? new URL(text, location.href).href : text);
      toast(words().copied, "good");
    } catch {
      toast(words().copyFailed, "warn");
    }
  });
}
