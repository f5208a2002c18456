// Chips. <div data-chips> takes free words (Enter, comma or 、 adds one); <div data-pick="address"> takes entries of a list that
// the server searches: GET address?q=text answers {"results": [{"value", "label", "note"}]}. Values travel as hidden inputs.
import { onEach } from "./htmx.js";
import { fill, words } from "./words.js";
import { icon } from "./icons.js";

const SEPARATORS = /[,，、;；\n\t]+/;

class Chips {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.box = /** @type {HTMLElement} */ (root.querySelector(".k-chips") ?? root);
    this.input = /** @type {HTMLInputElement} */ (root.querySelector(".k-chip-input"));
    this.name = root.dataset.name ?? "";
    this.many = root.dataset.many !== "false";
    this.limit = Number(root.dataset.limit) || 50;
    this.box.addEventListener("click", (event) => {
      const button = /** @type {Element} */ (event.target).closest("[data-chip-remove]");
      if (button) this.remove(/** @type {HTMLElement} */ (button.closest(".k-chip")));
      else if (event.target === this.box) this.input.focus();
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Backspace" && !this.input.value && this.chips.length) this.remove(this.chips[this.chips.length - 1]);
    });
    root.addEventListener("kit:fill", (event) => {
      const { values, labels } = /** @type {CustomEvent} */ (event).detail;
      for (const chip of this.chips) chip.remove();
      for (const value of values) if (value) this.add(value, labels[value] ?? value);
    });
  }

  get chips() {
    return /** @type {HTMLElement[]} */ ([...this.box.querySelectorAll(".k-chip")]);
  }

  /** @param {string} value @param {string} label */
  add(value, label) {
    if (!this.many) for (const chip of this.chips) chip.remove();
    if (this.chips.length >= this.limit || this.chips.some((chip) => chip.dataset.chipValue === value)) return;
    const chip = document.createElement("span");
    chip.className = "k-chip";
    chip.dataset.chipValue = value;
    const text = document.createElement("span");
    text.textContent = label;
    const hidden = document.createElement("input");
    Object.assign(hidden, { type: "hidden", name: this.name, value });
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.chipRemove = "";
    button.setAttribute("aria-label", `${words().remove} ${label}`);
    button.append(icon("x"));
    chip.append(text, hidden, button);
    this.box.insertBefore(chip, this.input);
    this.changed();
  }

  /** @param {HTMLElement} chip */
  remove(chip) {
    chip.remove();
    this.input.focus();
    this.changed();
  }

  changed() {
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** @param {HTMLElement} root */
function freeWords(root) {
  const chips = new Chips(root);
  const take = () => {
    for (const word of chips.input.value.split(SEPARATORS)) if (word.trim()) chips.add(word.trim(), word.trim());
    chips.input.value = "";
  };
  chips.input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing && chips.input.value.trim()) {
      event.preventDefault();
      take();
    }
  });
  chips.input.addEventListener("input", (event) => {
    if (!/** @type {InputEvent} */ (event).isComposing && SEPARATORS.test(chips.input.value)) take();
  });
  chips.input.addEventListener("blur", take);
}

/** @param {HTMLElement} root */
function typeAhead(root) {
  const chips = new Chips(root);
  const list = /** @type {HTMLUListElement} */ (root.querySelector(".k-pick-list"));
  const status = root.querySelector("[role=status]");
  let results = /** @type {{value: string, label: string, note?: string}[]} */ ([]);
  let active = -1;
  let timer = 0;
  let asked = 0;

  const close = () => {
    list.hidden = true;
    active = -1;
    chips.input.setAttribute("aria-expanded", "false");
    chips.input.removeAttribute("aria-activedescendant");
  };
  const mark = (/** @type {number} */ position) => {
    active = position;
    [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === active)));
    const chosen = list.children[active];
    if (!chosen) return;
    chips.input.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  };
  const show = () => {
    list.replaceChildren(...(results.length ? results.map((result, place) => option(list.id, result, place)) : [nothing()]));
    list.hidden = false;
    chips.input.setAttribute("aria-expanded", "true");
    if (status) status.textContent = results.length ? fill(words().results, { n: results.length }) : words().noMatch;
    if (results.length) mark(0);
  };
  const ask = async () => {
    const text = chips.input.value.trim();
    if (!text) return close();
    const turn = ++asked;
    const address = new URL(root.dataset.pick ?? "", location.href);
    address.searchParams.set("q", text);
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (turn !== asked || !answer.ok) return undefined;
      results = (await answer.json()).results ?? [];
      show();
    } catch { /* without a connection there is nothing to offer; the banner says so */ }
    return undefined;
  };
  const take = (/** @type {number} */ place) => {
    const result = results[place];
    if (!result) return;
    chips.add(result.value, result.label);
    chips.input.value = "";
    close();
  };
  chips.input.addEventListener("input", (event) => {
    if (/** @type {InputEvent} */ (event).isComposing) return;
    clearTimeout(timer);
    timer = window.setTimeout(ask, 150);
  });
  chips.input.addEventListener("compositionend", ask);
  chips.input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && (chips.input.value.trim() || !list.hidden)) {
      event.preventDefault();
      take(active);
    } else if (event.key === "Escape") close();
    else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !list.hidden && results.length) {
      event.preventDefault();
      mark((active + (event.key === "ArrowDown" ? 1 : -1) + results.length) % results.length);
    }
  });
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const item = /** @type {Element} */ (event.target).closest("[data-place]");
    if (item) take(Number(item.getAttribute("data-place")));
  });
  // What was typed and not chosen is kept as it is: the server understands names, and says so where it does not.
  chips.input.addEventListener("blur", () => {
    const text = chips.input.value.trim();
    const exact = results.findIndex((result) => result.label === text);
    if (text && exact >= 0) take(exact);
    else if (text) chips.add(text, text);
    chips.input.value = "";
    close();
  });
}

/** @param {string} listId @param {{label: string, note?: string}} result @param {number} place */
function option(listId, result, place) {
  const item = document.createElement("li");
  item.id = `${listId}-${place}`;
  item.dataset.place = String(place);
  item.setAttribute("role", "option");
  item.append(result.label);
  if (result.note) {
    const note = document.createElement("small");
    note.textContent = result.note;
    item.append(note);
  }
  return item;
}

function nothing() {
  const item = document.createElement("li");
  item.setAttribute("role", "option");
  item.setAttribute("aria-disabled", "true");
  item.setAttribute("aria-selected", "false");
  item.textContent = words().noMatch;
  return item;
}

export function startPickers() {
  onEach("[data-chips]", freeWords);
  onEach("[data-pick]", typeAhead);
}
