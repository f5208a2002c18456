// Forms are sent once: the button that was pressed shows that it works. The error summary takes the focus.
import { onEach } from "./htmx.js";

export function startForms() {
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (form.method !== "post" || form.matches("[hx-post], [hx-put], [data-many]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    /** @type {HTMLElement | null} */ (/** @type {SubmitEvent} */ (event).submitter)?.setAttribute("aria-busy", "true");
  });
  // Coming back with the browser's arrow must find a form that can be sent again.
  window.addEventListener("pageshow", () => {
    for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-sent]"))) {
      delete form.dataset.sent;
      form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
    }
  });
  onEach("[data-error-summary]", (summary) => summary.focus());
  // A slider says its value beside itself while it moves.
  onEach("[data-shows]", (slider) => {
    const shown = document.getElementById(/** @type {HTMLElement} */ (slider).dataset.shows || "");
    slider.addEventListener("input", () => {
      if (shown) shown.textContent = /** @type {HTMLInputElement} */ (slider).value;
    });
  });
  // A field that only some methods take is there when one of them is chosen: in the first select, or in the next where that says nothing.
  onEach("[data-asked-by]", (element) => {
    const field = /** @type {HTMLElement} */ (element);
    const methods = (field.dataset.methods || "").split(" ");
    const choices = (field.dataset.askedBy || "").split(" ").map((id) => /** @type {HTMLSelectElement | null} */ (document.getElementById(id)));
    const look = () => {
      field.hidden = !methods.includes(choices.find((one) => one?.value)?.value || "");
    };
    for (const one of choices) one?.addEventListener("change", look);
    look();
  });
  onEach("[data-submit-on-change]", (field) => {
    field.addEventListener("change", () => /** @type {HTMLFormElement | null} */ (field.closest("form"))?.requestSubmit());
  });
}
