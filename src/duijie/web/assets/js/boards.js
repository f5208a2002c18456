// <div data-board="address">: tickets move between lanes by mouse, and by keyboard with the arrows on each ticket.
// POST address with ticket and lane; anything but success puts the ticket back. A refusal in plain text is said as it is;
// an answer of 428 is a dialog that asks for what is missing.
import { onEach } from "./htmx.js";
import { fill, words } from "./words.js";
import { toast } from "./toasts.js";

export function startBoards() {
  onEach("[data-board]", (board) => {
    const lanes = /** @type {HTMLElement[]} */ ([...board.querySelectorAll("[data-lane]")]);
    const refresh = () => {
      lanes.forEach((lane, place) => {
        const tickets = lane.querySelectorAll("[data-ticket]");
        const count = lane.querySelector(".k-count");
        if (count) count.textContent = String(tickets.length);
        for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (lane.querySelectorAll("[data-move]"))) {
          button.disabled = !lanes[place + Number(button.dataset.move)];
        }
      });
    };
    const move = async (/** @type {HTMLElement} */ ticket, /** @type {HTMLElement} */ lane) => {
      const from = /** @type {HTMLElement} */ (ticket.parentElement);
      const before = ticket.nextElementSibling;
      if (!lane || lane.contains(ticket) || ticket.dataset.waits) return;
      ticket.dataset.waits = "1"; // one move at a time: the next one needs the answer to this one
      lane.querySelector("ul")?.append(ticket);
      refresh();
      const answer = await send(board.dataset.board ?? "", ticket.dataset.ticket ?? "", lane.dataset.lane ?? "");
      delete ticket.dataset.waits;
      if (!answer?.ok) {
        from.insertBefore(ticket, before);
        refresh();
        if (answer?.status === 428) ask(await answer.text());
        else toast(await sentence(answer), "bad");
      } else {
        ticket.dataset.ticket = answer.headers.get("X-Ticket") ?? ticket.dataset.ticket;
        toast(fill(words().moved, { lane: lane.dataset.laneName ?? "" }), "good");
      }
    };
    board.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-move]"));
      const ticket = /** @type {HTMLElement | null} */ (button?.closest("[data-ticket]"));
      if (!button || !ticket) return;
      const place = lanes.findIndex((lane) => lane.contains(ticket));
      move(ticket, lanes[place + Number(button.dataset.move)]);
      (button.matches(":disabled") ? ticket.querySelector("[data-move]:not(:disabled)") : button)?.focus?.();
    });
    drag(board, lanes, move);
    refresh();
  });
}

/** @param {HTMLElement} board @param {HTMLElement[]} lanes @param {(ticket: HTMLElement, lane: HTMLElement) => void} move */
function drag(board, lanes, move) {
  /** @type {HTMLElement | null} */
  let held = null;
  board.addEventListener("dragstart", (event) => {
    held = /** @type {Element} */ (event.target).closest("[data-ticket]");
    held?.classList.add("is-moving");
  });
  board.addEventListener("dragend", () => {
    held?.classList.remove("is-moving");
    held = null;
    for (const lane of lanes) lane.classList.remove("is-over");
  });
  for (const lane of lanes) {
    lane.addEventListener("dragover", (event) => {
      if (!held) return;
      event.preventDefault();
      lane.classList.add("is-over");
    });
    lane.addEventListener("dragleave", () => lane.classList.remove("is-over"));
    lane.addEventListener("drop", (event) => {
      event.preventDefault();
      lane.classList.remove("is-over");
      if (held) move(held, lane);
    });
  }
}

/** @param {string} address @param {string} ticket @param {string} lane */
async function send(address, ticket, lane) {
  const token = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
  try {
    const answer = await fetch(address, { method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": token }, body: new URLSearchParams({ ticket, lane }) });
    return answer;
  } catch {
    return null;
  }
}

/** What a refusal says, where it says it in plain text. @param {Response | null} answer */
async function sentence(answer) {
  if (!answer?.headers.get("Content-Type")?.startsWith("text/plain")) return words().moveFailed;
  return (await answer.text()) || words().moveFailed;
}

/** Show the dialog that the server sent. @param {string} html */
function ask(html) {
  const place = document.createElement("div");
  place.innerHTML = html;
  document.body.append(place);
  window.htmx.process(place);
  for (const old of document.querySelectorAll("[data-asked]")) old.remove();
  place.dataset.asked = "";
  const dialog = place.querySelector("dialog");
  dialog?.showModal();
}
