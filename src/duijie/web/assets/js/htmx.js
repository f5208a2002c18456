// htmx as a global, since its attributes and others' extensions look for it there. What it may do stands in the page's
// <meta name="htmx-config">. Errors of swapped parts become toasts; a page that asks for sign-in is opened as a page.
import htmx from "htmx.org";
import { toast } from "./toasts.js";
import { words } from "./words.js";

window.htmx = htmx;

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 401 || xhr.status === 403) return toast(words().notAllowed, "warn");
  const number = xhr.getResponseHeader("X-Request-ID");
  return toast(number ? `${words().failed} ${words().number} ${number}` : words().failed, "bad");
});
document.addEventListener("htmx:sendError", () => toast(words().unreachable, "warn"));
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  // A form that was refused comes back with its errors as 422: show it.
  if (xhr.status === 422) Object.assign(event.detail, { shouldSwap: true, isError: false });
});

/**
 * Run `each` on every element that matches, now and whenever htmx brings new ones; once for each element.
 * @param {string} selector
 * @param {(element: HTMLElement) => void} each
 */
export function onEach(selector, each) {
  const seen = new WeakSet();
  const look = (/** @type {ParentNode} */ root) => {
    const found = [...root.querySelectorAll(selector)];
    if (root instanceof Element && root.matches(selector)) found.unshift(root);
    for (const element of found) {
      if (seen.has(element)) continue;
      seen.add(element);
      each(/** @type {HTMLElement} */ (element));
    }
  };
  look(document);
  document.addEventListener("htmx:load", (event) => look(/** @type {Element} */ (event.target)));
}
