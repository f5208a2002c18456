// Draws every [data-chart] that has come near, from the specification in <script type="application/json" id="…">, in the page's
// colours; again when the theme changes; as large as its box. Offers the picture (PNG) and the table (CSV) for download.
import * as core from "echarts/core";
import { BarChart, GraphChart, HeatmapChart, LineChart, LinesChart, PieChart, RadarChart, SankeyChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GeoComponent, GridComponent, LegendComponent, MarkLineComponent, RadarComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { LabelLayout } from "echarts/features";
import { SVGRenderer, CanvasRenderer } from "echarts/renderers";
import { optionsOf } from "./chartkinds.js";
import { mapOptions } from "./chartmap.js";
import { paletteOf } from "./chartpalette.js";
import { sayWords, words } from "./words.js";

core.use([
  BarChart, GraphChart, HeatmapChart, LineChart, LinesChart, PieChart, RadarChart, SankeyChart, ScatterChart,
  AriaComponent, GeoComponent, GridComponent, LegendComponent, MarkLineComponent, RadarComponent, TooltipComponent, VisualMapComponent,
  LabelLayout, SVGRenderer, CanvasRenderer,
]);

/** @type {Map<HTMLElement, {chart: core.ECharts, draw: () => void}>} */
const drawn = new Map();
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

/** @param {HTMLElement} box */
async function draw(box) {
  const data = document.getElementById(box.dataset.chart ?? "");
  if (!data || drawn.has(box)) return;
  const spec = JSON.parse(data.textContent ?? "{}");
  try {
    const boundary = spec.boundary ? await boundaryOf(spec.boundary) : null;
    const chart = core.init(box, null, { renderer: spec.renderer ?? "svg" });
    const paint = () => {
      const palette = paletteOf(box);
      const option = spec.kind === "map" ? mapOptions(spec, palette, boundary, { width: box.clientWidth, height: box.clientHeight }) : optionsOf(spec, palette, box.clientWidth);
      chart.setOption({ ...option, animation: !still, animationDuration: 500 }, true);
    };
    drawn.set(box, { chart, draw: paint });
    paint();
    chart.on("click", (event) => {
      const address = event.data?.url ?? event.data?.value?.url;
      if (typeof address === "string" && address.startsWith("/")) location.assign(address);
    });
    let width = box.clientWidth;
    new ResizeObserver(() => {
      if (!box.clientWidth) return;
      chart.resize();
      if (Math.abs(box.clientWidth - width) > 40) {
        width = box.clientWidth;
        paint();
      }
    }).observe(box);
  } catch (problem) {
    console.error(problem);
    box.textContent = words().chartFailed;
    box.closest("figure")?.querySelector("details")?.setAttribute("open", "");
  }
}

/** The operator's own boundary shapes (GeoJSON), where there are any. @param {string} address */
async function boundaryOf(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) return null;
  core.registerMap("boundary", await answer.json());
  return "boundary";
}

/** @param {string} name @param {string} address */
function save(name, address) {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}

/** @param {HTMLTableElement} table */
function csvOf(table) {
  const rows = [...table.rows].map((row) =>
    [...row.cells].map((cell) => {
      const text = (cell.dataset.exact ?? cell.textContent ?? "").trim();
      // A cell that begins like a formula must stay text when a spreadsheet opens it.
      const safe = /^[=+@\t\r]/.test(text) || /^-[^\d.]/.test(text) ? `'${text}` : text;
      return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    }).join(","),
  );
  return `\ufeff${rows.join("\r\n")}\r\n`;
}

document.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest?.("[data-chart-save]"));
  const figure = button?.closest("figure");
  if (!button || !figure) return;
  const name = figure.querySelector("figcaption")?.textContent?.trim() || "chart";
  if (button.dataset.chartSave === "csv") {
    const table = figure.querySelector("table");
    if (table) save(`${name}.csv`, URL.createObjectURL(new Blob([csvOf(table)], { type: "text/csv" })));
    return;
  }
  const box = /** @type {HTMLElement | null} */ (figure.querySelector("[data-chart]"));
  const held = box && drawn.get(box);
  if (!box || !held) return;
  const copy = core.init(document.createElement("div"), null, { renderer: "canvas", width: box.clientWidth, height: box.clientHeight });
  copy.setOption({ ...held.chart.getOption(), animation: false });
  save(`${name}.png`, copy.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: paletteOf(box).surface }));
  copy.dispose();
});

const all = () => {
  for (const box of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-chart][data-near]"))) draw(box);
};
sayWords();
document.addEventListener("kit:chart", all);
document.addEventListener("kit:theme", () => drawn.forEach((one) => one.draw()));
document.addEventListener("htmx:beforeCleanupElement", (event) => {
  const held = drawn.get(/** @type {HTMLElement} */ (event.target));
  if (held) {
    held.chart.dispose();
    drawn.delete(/** @type {HTMLElement} */ (event.target));
  }
});
all();
