// <input data-money> echoes what an amount means while it is typed: 12万 → 120,000 元; 300-500万 → 3,000,000 至 5,000,000 元.
// The server reads the text itself (duijie.core.money); this only shows what it will understand.
import { onEach } from "./htmx.js";
import { isEnglish, words } from "./words.js";

const FULL_WIDTH = /[\uff01-\uff5e]/g;
const UNITS = /** @type {Record<string, number>} */ ({ 十: 1e1, 百: 1e2, 千: 1e3, 万: 1e4, 萬: 1e4, 亿: 1e8, 億: 1e8, 万亿: 1e12, k: 1e3, w: 1e4, m: 1e6, million: 1e6, billion: 1e9 });
const DIGITS = /** @type {Record<string, string>} */ ({ 零: "0", 〇: "0", 一: "1", 二: "2", 两: "2", 三: "3", 四: "4", 五: "5", 六: "6", 七: "7", 八: "8", 九: "9" });
const NEGOTIABLE = /^(面议|待定|待议|协商|negotiable|tbd)$/i;

/** @param {string} text @returns {{number: number, unit: number} | null} */
function figure(text) {
  const plain = text.replace(/^(人民币|rmb|cny|¥)|(人民币|元|圆|块|rmb|cny|yuan)$/gi, "").replace(/[零〇一二两三四五六七八九]/g, (d) => DIGITS[d]);
  const parts = plain.match(/^(\d[\d,]*(?:\.\d+)?)\s*(万亿|[十百千万萬亿億]{1,2}|k|w|m|million|billion)?$/i);
  if (!parts) return null;
  const word = (parts[2] ?? "").toLowerCase();
  const unit = word ? UNITS[word] ?? [...word].reduce((product, letter) => product * (UNITS[letter] ?? NaN), 1) : 1;
  const number = Number(parts[1].replaceAll(",", "")) * unit;
  return Number.isFinite(number) ? { number, unit } : null;
}

/** @param {number} number */
const yuan = (number) => {
  const exact = (Math.round(number * 100) / 100).toLocaleString("en-US");
  return isEnglish() ? `CNY ${exact}` : `${exact} ${words().yuan}`;
};

/**
 * What an amount means, or null where it cannot be said.
 * @param {string} raw @param {number} [bare] what a figure without a unit is multiplied by (10000 for a field in 万元)
 * @returns {string | null}
 */
export function echoOf(raw, bare = 1) {
  let text = raw.replace(FULL_WIDTH, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/[\s\u3000]+/g, " ").trim();
  if (NEGOTIABLE.test(text)) return words().negotiable;
  text = text.replace(/^(约|大约|about|~)\s*|左右$/gi, "");
  const atMost = /^(不超过|最多|不高于|至多|<=|≤|up to)\s*|(以内|以下)$/i;
  const atLeast = /^(不低于|至少|不少于|最低|>=|≥|at least)\s*|(以上|起)$/i;
  const end = atMost.test(text) ? "most" : atLeast.test(text) ? "least" : "";
  text = text.replace(atMost, "").replace(atLeast, "").replace(/\s/g, "");
  const ends = text.split(/[-–—~至到]/);
  if (ends.length > 2 || ends.some((part) => !part)) return null;
  const figures = ends.map(figure);
  if (figures.some((one) => one === null)) return null;
  const last = /** @type {{number: number, unit: number}} */ (figures[figures.length - 1]);
  const first = /** @type {{number: number, unit: number}} */ (figures[0]);
  if (last.unit === 1 && !/[元圆块]$/.test(text)) last.number *= bare;
  if (figures.length === 2) {
    if (first.unit === 1) first.number *= last.unit === 1 ? bare : last.unit;
    if (first.number > last.number) return null;
    return isEnglish() ? `${yuan(first.number)} to ${yuan(last.number)}` : `${yuan(first.number)} 至 ${yuan(last.number)}`;
  }
  if (end === "most") return isEnglish() ? `up to ${yuan(last.number)}` : `不超过 ${yuan(last.number)}`;
  if (end === "least") return isEnglish() ? `${yuan(last.number)} or more` : `${yuan(last.number)}以上`;
  return yuan(last.number);
}

export function startMoney() {
  onEach("input[data-money]", (element) => {
    const input = /** @type {HTMLInputElement} */ (element);
    const echo = document.getElementById(`${input.id}-echo`);
    if (!echo) return;
    const show = () => {
      const text = input.value.trim();
      const said = text ? echoOf(text, Number(input.dataset.money) || 1) : "";
      echo.textContent = said === null ? words().moneyBad : said ? `= ${said}` : "";
      echo.toggleAttribute("data-bad", said === null);
    };
    input.addEventListener("input", show);
    // What the server has refused is explained by its own sentence.
    if (input.value && input.getAttribute("aria-invalid") !== "true") show();
  });
}
