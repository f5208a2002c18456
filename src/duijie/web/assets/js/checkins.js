// The door: <section data-checkin="address">. A badge's code comes from the camera (the browser's own BarcodeDetector, or a
// small decoder that is fetched when it is needed) or from the keyboard. Each check-in gets an id here, is kept on the
// phone and sent until the server has it; sent twice it counts once. So a bad connection loses nothing and delays nobody.
import { onEach } from "./htmx.js";

const PAUSE_MS = 2500;

export function startCheckIns() {
  onEach("[data-checkin]", (section) => new Door(section));
}

class Door {
  /** @param {HTMLElement} section */
  constructor(section) {
    this.section = section;
    this.address = section.dataset.checkin ?? "";
    this.words = (section.dataset.words ?? "").split("|");
    this.store = `check-in:${this.address}`;
    this.last = { code: "", at: 0 };
    const form = /** @type {HTMLFormElement} */ (section.querySelector("[data-checkin-form]"));
    const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("code"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.took(field.value);
      field.value = "";
      field.focus();
    });
    section.querySelector("[data-checkin-camera]")?.addEventListener("click", () => this.open());
    window.addEventListener("online", () => this.send());
    setInterval(() => this.send(), 15_000);
    this.show();
    this.send();
    if (field.value) form.requestSubmit();
  }

  /** @returns {{code: string, request: string, at: string}[]} */
  get waiting() {
    try {
      return JSON.parse(localStorage.getItem(this.store) ?? "[]");
    } catch {
      return [];
    }
  }

  set waiting(items) {
    localStorage.setItem(this.store, JSON.stringify(items));
    this.show();
  }

  show() {
    const line = this.section.querySelector("[data-checkin-waiting]");
    const count = this.waiting.length;
    if (line) line.textContent = count ? (this.words[2] ?? "").replace("{n}", String(count)) : "";
  }

  /** @param {string} code what was read or typed */
  took(code) {
    if (!code.trim()) return;
    const request = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 12)}`;
    this.waiting = [...this.waiting, { code, request, at: new Date().toISOString() }];
    this.send();
  }

  async send() {
    const items = this.waiting;
    if (!items.length || this.sending) return;
    this.sending = true;
    const token = /** @type {HTMLInputElement | null} */ (document.querySelector("[name=csrfmiddlewaretoken]"))?.value;
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token ?? JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "" };
    const answer = await fetch(this.address, { method: "POST", headers, body: JSON.stringify({ items }) }).catch(() => null);
    this.sending = false;
    if (!answer?.ok) return this.tell(this.words[4] ?? "", "warn");
    const told = (await answer.json()).items;
    const done = new Set(told.map((one) => one.request));
    this.waiting = this.waiting.filter((item) => !done.has(item.request));
    for (const one of told) this.arrived(one);
    if (this.waiting.length) this.send();
  }

  /** @param {{name?: string, organisation?: string, first?: boolean, error?: string}} one */
  arrived(one) {
    if (one.error) return this.tell(one.error, "bad");
    this.tell(`${one.first ? this.words[0] : this.words[1]}：${one.name}（${one.organisation}）`, one.first ? "good" : "warn");
    if (!one.first) return;
    const count = document.querySelector("[data-checkin-count]");
    if (count) count.textContent = String(Number(count.textContent) + 1);
    const line = document.createElement("li");
    line.textContent = `${new Date().toTimeString().slice(0, 5)} ${one.name} · ${one.organisation}`;
    this.section.querySelector("[data-checkin-list]")?.prepend(line);
    navigator.vibrate?.(80);
  }

  /** @param {string} text @param {string} kind */
  tell(text, kind) {
    const line = /** @type {HTMLElement | null} */ (this.section.querySelector("[data-checkin-told]"));
    if (line) Object.assign(line, { textContent: text }).dataset.kind = kind;
  }

  async open() {
    const video = /** @type {HTMLVideoElement} */ (this.section.querySelector("[data-checkin-video]"));
    const constraints = { video: { facingMode: "environment", width: { ideal: 1280 } } };
    const stream = await navigator.mediaDevices?.getUserMedia(constraints).catch(() => null);
    if (!stream) return this.tell(this.words[3] ?? "", "warn");
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    const read = await this.reader();
    const look = async () => {
      if (!stream.active) return;
      const code = await read(video).catch(() => "");
      const now = Date.now();
      if (code && (code !== this.last.code || now - this.last.at > PAUSE_MS)) {
        this.last = { code, at: now };
        this.took(code);
      }
      setTimeout(look, 200);
    };
    look();
  }

  /** @returns {Promise<(video: HTMLVideoElement) => Promise<string>>} */
  async reader() {
    if ("BarcodeDetector" in window && (await window.BarcodeDetector.getSupportedFormats().catch(() => [])).includes("qr_code")) {
      const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
      return async (video) => (await detector.detect(video))[0]?.rawValue ?? "";
    }
    await new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = this.section.dataset.scan ?? "";
      script.addEventListener("load", done);
      script.addEventListener("error", failed);
      document.head.append(script);
    });
    const canvas = document.createElement("canvas");
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
    return async (video) => {
      const scale = Math.min(1, 640 / (video.videoWidth || 640));
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      if (!canvas.width) return "";
      pen.drawImage(video, 0, 0, canvas.width, canvas.height);
      return window.readCode(pen.getImageData(0, 0, canvas.width, canvas.height));
    };
  }
}
