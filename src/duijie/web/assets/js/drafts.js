// <form data-draft="name">: what is typed is kept on this device until the server has taken it, so that a lost connection or a
// timed-out sign-in costs nobody a text. Passwords, files, hidden and [data-draft-skip] fields are never kept.
//
// A draft is cleared when the page that follows its submit shows neither an error nor a sign-in. "Follows" means: its referrer is
// the page that was submitted; whoever comes back by hand after a lost connection finds the draft again.
import { onEach } from "./htmx.js";
import { words } from "./words.js";

const PREFIX = "draft:";
const SENT = "draft-sent";
const KEEP_DAYS = 30;

/** @param {HTMLFormElement} form */
function keyOf(form) {
  return `${PREFIX}${document.body.dataset.viewer ?? ""}:${form.dataset.draft}`;
}

/** @param {HTMLFormElement} form @returns {Record<string, string[]>} */
function read(form) {
  /** @type {Record<string, string[]>} */
  const found = {};
  for (const picker of form.querySelectorAll("[data-pick], [data-chips]")) found[picker.getAttribute("data-name") ?? ""] = [];
  for (const field of /** @type {HTMLInputElement[]} */ ([...form.elements])) {
    if (!field.name || field.name === "csrfmiddlewaretoken" || field.closest("[data-draft-skip]")) continue;
    if (["password", "file", "submit", "button"].includes(field.type)) continue;
    if (field.type === "hidden" && !field.closest("[data-pick], [data-chips]")) continue;
    found[field.name] ??= [];
    if (field.type === "checkbox" || field.type === "radio") {
      if (field.checked) found[field.name].push(field.value);
    } else if (field instanceof HTMLSelectElement) {
      found[field.name].push(...[...field.selectedOptions].map((option) => option.value));
    } else found[field.name].push(field.value);
  }
  return found;
}

/** @param {HTMLFormElement} form @param {Record<string, string[]>} values @param {Record<string, Record<string, string>>} labels */
function write(form, values, labels) {
  for (const picker of form.querySelectorAll("[data-pick], [data-chips]")) {
    const name = picker.getAttribute("data-name") ?? "";
    if (values[name]) picker.dispatchEvent(new CustomEvent("kit:fill", { detail: { values: values[name], labels: labels[name] ?? {} } }));
  }
  /** @type {Record<string, number>} */
  const position = {};
  for (const field of /** @type {HTMLInputElement[]} */ ([...form.elements])) {
    const kept = values[field.name];
    if (!kept || field.type === "hidden" || field.type === "file" || field.type === "password") continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = kept.includes(field.value);
    else if (field instanceof HTMLSelectElement) for (const option of field.options) option.selected = kept.includes(option.value);
    else field.value = kept[position[field.name] = (position[field.name] ?? -1) + 1] ?? "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** The words that stand on the chips, so that a restored chip can be read. @param {HTMLFormElement} form */
function labelsOf(form) {
  /** @type {Record<string, Record<string, string>>} */
  const found = {};
  for (const chip of form.querySelectorAll("[data-chip-value]")) {
    const name = chip.closest("[data-pick], [data-chips]")?.getAttribute("data-name") ?? "";
    (found[name] ??= {})[chip.getAttribute("data-chip-value") ?? ""] = chip.querySelector("span")?.textContent ?? "";
  }
  return found;
}

/** @param {HTMLFormElement} form */
function offer(form) {
  const key = keyOf(form);
  const kept = JSON.parse(localStorage.getItem(key) ?? "null");
  if (!kept || Date.now() - kept.at > KEEP_DAYS * 86400000) return localStorage.removeItem(key);
  const now = read(form);
  if (JSON.stringify(kept.values) === JSON.stringify(now)) return undefined;
  const before = { values: now, labels: labelsOf(form) };
  write(form, kept.values, kept.labels ?? {});
  const notice = document.createElement("div");
  notice.className = "k-note";
  notice.setAttribute("role", "status");
  const text = document.createElement("div");
  text.textContent = `${words().restored} · ${words().restoredAt} ${new Date(kept.at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" })}`;
  const discard = document.createElement("button");
  discard.type = "button";
  discard.className = "btn btn-sm";
  discard.textContent = words().discard;
  discard.addEventListener("click", () => {
    write(form, before.values, before.labels);
    localStorage.removeItem(key);
    notice.remove();
  });
  notice.append(text, discard);
  form.prepend(notice);
  return undefined;
}

/** What was submitted from the page before has been taken unless this page shows an error or asks for sign-in. */
function clearSent() {
  const sent = JSON.parse(sessionStorage.getItem(SENT) ?? "null");
  if (!sent) return;
  sessionStorage.removeItem(SENT);
  const again = [.../** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-draft]"))].find((form) => keyOf(form) === sent.key);
  const refused = again?.querySelector("[data-error-summary], [aria-invalid='true']") ?? document.querySelector("[data-page-fault], form[data-sign-in]");
  if (!refused && document.referrer === sent.from) localStorage.removeItem(sent.key);
}

export function startDrafts() {
  clearSent();
  onEach("form[data-draft]", (element) => {
    const form = /** @type {HTMLFormElement} */ (element);
    offer(form);
    let timer = 0;
    const save = () => {
      const kept = { at: Date.now(), values: read(form), labels: labelsOf(form) };
      try {
        localStorage.setItem(keyOf(form), JSON.stringify(kept));
      } catch { /* a full or forbidden store costs the draft, never the page */ }
    };
    const soon = () => {
      clearTimeout(timer);
      timer = window.setTimeout(save, 400);
    };
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      save();
      sessionStorage.setItem(SENT, JSON.stringify({ key: keyOf(form), from: location.href.split("#")[0] }));
    });
    form.addEventListener("kit:sent", () => localStorage.removeItem(keyOf(form)));
    form.addEventListener("htmx:afterRequest", (event) => {
      const { successful, target } = /** @type {CustomEvent} */ (event).detail;
      if (event.target === form && successful && !target?.querySelector?.("[aria-invalid='true']")) localStorage.removeItem(keyOf(form));
    });
  });
}
