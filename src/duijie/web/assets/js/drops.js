// <div data-drop data-max-bytes="…"> around a file input: the name and size are shown, and a file that is too large or of the
// wrong kind is refused before it travels.
import { onEach } from "./htmx.js";
import { fill, words } from "./words.js";

/** @param {number} bytes */
export function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(0)} kB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

export function startDrops() {
  onEach("[data-drop]", (zone) => {
    const input = /** @type {HTMLInputElement} */ (zone.querySelector("input[type=file]"));
    const name = zone.querySelector(".k-drop-name");
    const error = document.getElementById(`${input.id}-problem`);
    const limit = Number(zone.dataset.maxBytes) || 0;
    const types = input.accept.split(",").map((type) => type.trim().toLowerCase()).filter((type) => type.startsWith("."));
    const refuse = (/** @type {string} */ sentence) => {
      input.value = "";
      zone.setAttribute("data-invalid", "");
      if (error) {
        error.hidden = false;
        const text = error.querySelector("span");
        if (text) text.textContent = sentence;
      }
      if (name) name.textContent = words().fileNone;
    };
    input.addEventListener("change", () => {
      const files = [...(input.files ?? [])];
      zone.removeAttribute("data-invalid");
      if (error) error.hidden = true;
      const large = files.find((file) => limit && file.size > limit);
      if (large) return refuse(fill(words().tooLarge, { limit: sizeOf(limit), size: sizeOf(large.size) }));
      const wrong = types.length && files.find((file) => !types.some((type) => file.name.toLowerCase().endsWith(type)));
      if (wrong) return refuse(fill(words().wrongType, { types: types.join(" ") }));
      if (name) name.textContent = files.length ? files.map((file) => `${file.name} · ${sizeOf(file.size)}`).join("，") : words().fileNone;
      return undefined;
    });
    for (const kind of ["dragenter", "dragover"]) zone.addEventListener(kind, () => zone.classList.add("is-over"));
    for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("is-over"));
  });
}
