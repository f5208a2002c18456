// The planner's grid, <div data-timetable="address of the draft" data-version="3">: a meeting is dragged to another seat, or
// chosen and put there by a click or by the bar below. While it is held every seat shows what it would break, as the server
// says; what is dropped is sent with the version that was seen, so that of two planners the second is told.
import { onEach } from "./htmx.js";
import { toast } from "./toasts.js";

const LOOKS = { "": "is-good", warn: "is-warn", block_publication: "is-warn", block_planning: "is-bad" };

export function startTimetables() {
  onEach("[data-timetable]", (board) => new Grid(board));
}

class Grid {
  /** @param {HTMLElement} board */
  constructor(board) {
    this.board = board;
    this.bar = /** @type {HTMLElement | null} */ (board.querySelector("[data-timetable-bar]"));
    this.words = (board.dataset.words ?? "||").split("|");
    /** @type {HTMLElement | null} */
    this.held = null;
    board.addEventListener("click", (event) => this.clicked(/** @type {Element} */ (event.target), event.detail === 0));
    board.addEventListener("keydown", (event) => event.key === "Escape" && this.letGo(true));
    board.addEventListener("dragstart", (event) => {
      const card = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-meeting]"));
      if (!card || "locked" in card.dataset) return event.preventDefault();
      event.dataTransfer?.setData("text/plain", card.dataset.meeting ?? "");
      this.hold(card);
    });
    board.addEventListener("dragover", (event) => {
      const cell = this.cellOf(event.target);
      if (!this.held || !cell || cell.classList.contains("is-bad")) return;
      event.preventDefault();
      board.querySelector(".is-over")?.classList.remove("is-over");
      cell.classList.add("is-over");
    });
    board.addEventListener("drop", (event) => {
      const cell = this.cellOf(event.target);
      if (!this.held || !cell) return;
      event.preventDefault();
      this.put(cell);
    });
    board.addEventListener("dragend", () => board.querySelector(".is-over")?.classList.remove("is-over"));
    board.querySelector("[data-timetable-close]")?.addEventListener("click", () => this.letGo(true));
  }

  /** @param {EventTarget | null} target @returns {HTMLElement | null} */
  cellOf(target) {
    return /** @type {Element} */ (target)?.closest?.("td[data-slot]") ?? null;
  }

  /** @param {Element} target @param {boolean} byKey whether the keyboard pressed it: then the bar takes over */
  clicked(target, byKey) {
    const card = /** @type {HTMLElement | null} */ (target.closest("[data-meeting]"));
    const cell = this.cellOf(target);
    if (this.held && cell && !cell.contains(this.held) && !cell.classList.contains("is-bad")) this.put(cell);
    else if (card && card !== this.held) {
      this.hold(card);
      if (byKey) /** @type {HTMLElement | null} */ (this.bar?.querySelector("select, button:not([hidden])"))?.focus();
    }
    else if (card) this.letGo();
  }

  /** @param {HTMLElement} card */
  async hold(card) {
    this.letGo();
    this.held = card;
    card.classList.add("is-chosen");
    this.showBar(card);
    if ("locked" in card.dataset) return;
    const answer = await fetch(`${this.board.dataset.timetable}targets/${card.dataset.meeting}/`).catch(() => null);
    if (!answer?.ok || this.held !== card) return;
    const told = await answer.json();
    for (const cell of /** @type {NodeListOf<HTMLElement>} */ (this.board.querySelectorAll("td[data-slot]"))) {
      const { slot = "", place = "" } = cell.dataset;
      const level = place ? told.seats[`${slot}|${place}`] : told.slots[slot];
      // A seat that another meeting holds is no wall: they change places, and the server says whether both fit.
      const taken = cell.querySelector("[data-meeting]:not([data-locked])") && place;
      cell.classList.add(taken && level === "block_planning" ? "is-warn" : LOOKS[level] ?? "is-good");
    }
  }

  /** @param {boolean} [back] whether the keyboard goes back to the meeting */
  letGo(back = false) {
    this.held?.classList.remove("is-chosen");
    if (back) this.held?.focus();
    this.held = null;
    for (const cell of this.board.querySelectorAll("td[data-slot]")) cell.classList.remove("is-good", "is-warn", "is-bad", "is-over");
    if (this.bar) this.bar.hidden = true;
  }

  /** @param {HTMLElement} card */
  showBar(card) {
    if (!this.bar) return;
    this.bar.hidden = false;
    const words = this.bar.querySelector("[data-timetable-chosen]");
    if (words) words.textContent = card.getAttribute("aria-label");
    /** @type {HTMLInputElement | null} */ (this.bar.querySelector("[name=meeting]")).value = card.dataset.meeting ?? "";
    const slot = /** @type {HTMLSelectElement | null} */ (this.bar.querySelector("[name=slot]"));
    if (slot) slot.value = this.cellOf(card)?.dataset.slot ?? slot.value;
    const locked = "locked" in card.dataset;
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (this.bar.querySelectorAll("[data-when]"))) {
      part.hidden = (part.dataset.when === "locked") !== locked;
    }
  }

  /** @param {HTMLElement} cell */
  async put(cell) {
    const meeting = this.held?.dataset.meeting ?? "";
    const form = this.bar?.querySelector("form");
    const token = /** @type {HTMLInputElement | null} */ (form?.querySelector("[name=csrfmiddlewaretoken]"))?.value ?? "";
    const body = new URLSearchParams({
      meeting, slot: cell.dataset.slot ?? "", place: cell.dataset.place ?? "", version: this.board.dataset.version ?? "",
    });
    const answer = await fetch(`${this.board.dataset.timetable}do/move/`, {
      method: "POST", body, headers: { "X-CSRFToken": token, Accept: "application/json" },
    }).catch(() => null);
    this.letGo();
    if (!answer) return toast(this.words[2], "bad");
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) return toast(told.error ?? this.words[1], "bad");
    await this.refresh();
    for (const warning of told.warnings ?? []) toast(warning, "warn");
  }

  /** The grid as it stands now, without losing the place on the page. */
  async refresh() {
    const scrolled = this.board.querySelector(".m-scroll")?.scrollLeft ?? 0;
    const answer = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-timetable]");
    if (!fresh) return location.reload();
    this.board.replaceWith(fresh);
    window.htmx.process(fresh);
    fresh.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
    const scroll = fresh.querySelector(".m-scroll");
    if (scroll) scroll.scrollLeft = scrolled;
  }
}
