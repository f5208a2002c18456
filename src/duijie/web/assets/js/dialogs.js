// <button data-dialog-open="id"> opens <dialog id="id">; [data-dialog-close] and a click on the backdrop close it.
import { onEach } from "./htmx.js";

export function startDialogs() {
  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    const opener = target.closest?.("[data-dialog-open]");
    if (opener) {
      const dialog = document.getElementById(opener.getAttribute("data-dialog-open") ?? "");
      if (dialog instanceof HTMLDialogElement) {
        event.preventDefault();
        dialog.showModal();
      }
    }
    if (target.closest?.("[data-dialog-close]")) target.closest("dialog")?.close();
    if (target instanceof HTMLDialogElement && target.open) target.close();
  });
  // A dialog that the server sends as the answer to a click opens itself.
  onEach("dialog[data-dialog-now]", (dialog) => /** @type {HTMLDialogElement} */ (dialog).showModal());
}
