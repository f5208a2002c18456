// The map page. Layers are fetched when they are switched on; the year filters what is drawn without asking the server again.
// Without the operator's boundary an empty frame carries the points. Many points are drawn in one stroke on the canvas.
import * as core from "echarts/core";
import { HeatmapChart, LinesChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GeoComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { besideDots, escape, short } from "./chartkinds.js";
import { paletteOf } from "./chartpalette.js";
import { sayWords } from "./words.js";

core.use([HeatmapChart, LinesChart, ScatterChart, AriaComponent, GeoComponent, TooltipComponent, VisualMapComponent, LabelLayout, CanvasRenderer]);

const MANY = 2000;
const SYMBOLS = ["circle", "rect", "triangle", "diamond"];

/** @typedef {{key: string, label: string, form: string, url: string, colour: number, unit: string}} Layer */

/** What is drawn: the answers of the server by layer, the layers that are on, the year, the style of points. */
class Atlas {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.box = /** @type {HTMLElement} */ (root.querySelector("[data-atlas-canvas]"));
    this.said = /** @type {HTMLElement} */ (root.querySelector("[data-atlas-said]"));
    this.config = JSON.parse(document.getElementById("atlas-config")?.textContent ?? "{}");
    /** @type {Map<string, any>} */
    this.data = new Map();
    this.year = Number(root.querySelector("[data-atlas-year]")?.getAttribute("value") || 0);
    this.chart = core.init(this.box, null, { renderer: "canvas" });
    /** @type {number | undefined} */
    this.playing = undefined;
  }

  async start() {
    let shapes = frameOf(this.config.frame);
    if (this.config.boundary) {
      const answer = await fetch(this.config.boundary, { credentials: "same-origin" });
      if (answer.ok) shapes = await answer.json();
    }
    core.registerMap("atlas", /** @type {any} */ (shapes));
    this.listen();
    await Promise.all(this.layersOn().map((layer) => this.load(layer)));
    this.draw();
    this.root.dataset.atlasReady = "";
  }

  /** @returns {Layer[]} */
  layersOn() {
    const on = new Set([...this.root.querySelectorAll("[data-atlas-layer]:checked")].map((box) => /** @type {HTMLInputElement} */ (box).value));
    return this.config.layers.filter((/** @type {Layer} */ layer) => on.has(layer.key));
  }

  /** @param {Layer} layer */
  async load(layer) {
    const address = layer.form === "clusters" ? `${layer.url}?industry=${encodeURIComponent(this.choice("industry"))}` : layer.url;
    if (this.data.get(layer.key)?.address === address) return;
    this.say(this.config.words.loading);
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok) return this.say(this.config.words.failed);
    this.data.set(layer.key, { address, ...(await answer.json()) });
    this.say("");
  }

  /** @param {string} name */
  choice(name) {
    return /** @type {HTMLSelectElement | null} */ (this.root.querySelector(`[data-atlas-${name}]`))?.value ?? "";
  }

  /** @param {string} text */
  say(text) {
    this.said.textContent = text;
  }

  listen() {
    this.root.addEventListener("change", async (event) => {
      const target = /** @type {HTMLElement} */ (event.target);
      if (!target.matches("[data-atlas-layer], [data-atlas-industry], [data-atlas-style]")) return;
      await Promise.all(this.layersOn().map((layer) => this.load(layer)));
      this.draw();
    });
    const slider = /** @type {HTMLInputElement | null} */ (this.root.querySelector("[data-atlas-year]"));
    slider?.addEventListener("input", () => this.turnTo(Number(slider.value)));
    this.root.querySelector("[data-atlas-play]")?.addEventListener("click", (event) => this.play(slider, /** @type {HTMLElement} */ (event.currentTarget)));
    this.root.querySelector("[data-atlas-save]")?.addEventListener("click", () => this.save());
    this.chart.on("click", (/** @type {any} */ event) => this.open(event));
    document.addEventListener("kit:theme", () => this.draw());
    // A box without a size, as it is for a moment when a page is laid out anew, has no scale to turn round.
    new ResizeObserver(() => {
      if (this.box.clientWidth && this.box.clientHeight) this.chart.resize();
    }).observe(this.box);
  }

  /** @param {number} year */
  turnTo(year) {
    this.year = year;
    for (const output of this.root.querySelectorAll("[data-atlas-said-year]")) output.textContent = String(year);
    this.draw();
  }

  /** @param {HTMLInputElement | null} slider @param {HTMLElement} button */
  play(slider, button) {
    if (!slider) return;
    const stop = () => {
      clearInterval(this.playing);
      this.playing = undefined;
      button.setAttribute("aria-pressed", "false");
    };
    if (this.playing) return stop();
    button.setAttribute("aria-pressed", "true");
    if (slider.value === slider.max) slider.value = slider.min;
    this.turnTo(Number(slider.value));
    this.playing = window.setInterval(() => {
      slider.stepUp();
      this.turnTo(Number(slider.value));
      if (slider.value === slider.max) stop();
    }, 900);
  }

  save() {
    const link = document.createElement("a");
    link.href = this.chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: paletteOf(this.box).surface });
    link.download = `${this.config.title}${this.year || ""}.png`;
    link.click();
  }

  /** A click opens the record. @param {any} event */
  open(event) {
    const address = event.data?.url ?? this.data.get(event.seriesId)?.shown?.[event.dataIndex]?.url;
    if (typeof address === "string" && address.startsWith("/")) location.assign(address);
  }

  draw() {
    const palette = paletteOf(this.box);
    const heat = this.choice("style") === "heat";
    const series = this.layersOn().filter((layer) => this.data.has(layer.key)).flatMap((layer) => this.seriesOf(layer, palette, heat));
    const option = {
      textStyle: { fontFamily: palette.face },
      aria: { enabled: true, label: { description: this.config.title } },
      tooltip: { trigger: "item", confine: true, backgroundColor: palette.raised, borderColor: palette.line, textStyle: { color: palette.ink, fontSize: palette.rem * 0.8125 }, formatter: (/** @type {any} */ p) => this.tip(p) },
      ...(heat ? { visualMap: { show: false, type: "continuous", seriesIndex: series.flatMap((one, place) => (one.type === "heatmap" ? [place + (this.config.boundary ? 0 : 1)] : [])), min: 0, max: 12, inRange: { color: [palette.riverWash, palette.series[2], palette.series[3]] } } } : {}),
      geo: {
        map: "atlas", roam: true, left: 0, right: 0, top: 0, bottom: 0, aspectScale: Math.cos((31 * Math.PI) / 180), silent: true, scaleLimit: { min: 0.8, max: 400 },
        itemStyle: { areaColor: this.config.boundary ? palette.wash : "transparent", borderColor: this.config.boundary ? palette.line : "transparent" }, label: { show: false },
        boundingCoords: this.config.frame, ...this.view(),
      },
      series: [...(this.config.boundary ? [] : [linesOfDegrees(this.config.frame, palette)]), ...series],
    };
    // Everything anew but the view: what was merged with an earlier visual map would keep its colours.
    this.chart.setOption({ ...option, animation: false }, { notMerge: true });
  }

  /** Where the reader has moved the map to. */
  view() {
    const geo = /** @type {any} */ (this.chart.getOption())?.geo?.[0];
    return geo ? { center: geo.center, zoom: geo.zoom } : {};
  }

  /** @param {Layer} layer @param {any} palette @param {boolean} heat @returns {any[]} */
  seriesOf(layer, palette, heat) {
    const held = this.data.get(layer.key);
    const colour = palette.series[layer.colour % 6];
    if (layer.form === "flows") return [flowsOf(layer, held, colour, palette)];
    if (layer.form === "clusters") return [this.clustersOf(layer, held, palette)];
    const shown = held.points.filter((/** @type {any} */ one) => this.stands(one));
    held.shown = shown;
    if (heat) return [{ id: layer.key, name: layer.label, type: "heatmap", coordinateSystem: "geo", pointSize: palette.rem * 0.6, blurSize: palette.rem * 0.9, data: shown.map((/** @type {any} */ one) => [one.lon, one.lat, 1]) }];
    const many = shown.length > MANY;
    const largest = Math.max(1, ...(many ? [] : shown.map((/** @type {any} */ one) => one.value ?? 0)));
    return [{
      id: layer.key, name: layer.label, type: "scatter", coordinateSystem: "geo", large: many, largeThreshold: MANY, progressive: 0, symbol: many ? "rect" : SYMBOLS[layer.colour % 4],
      symbolSize: many ? 3 : undefined, itemStyle: { color: colour, opacity: many ? 0.7 : 0.85, borderColor: palette.surface, borderWidth: many ? 0 : 1 },
      data: many ? flat(shown) : shown.map((/** @type {any} */ one) => ({
        value: [one.lon, one.lat, one.value ?? null], name: one.name, url: one.url,
        symbolSize: one.value == null ? palette.rem * 0.6 : palette.rem * (0.5 + 2 * Math.sqrt(one.value / largest)),
      })),
      label: { show: !many && shown.length <= 60, formatter: "{b}", position: "right", color: palette.ink, fontSize: palette.rem * 0.8125, textBorderColor: palette.surface, textBorderWidth: 3 },
      labelLayout: besideDots(() => this.box.clientWidth),
    }];
  }

  /** Clusters of the chosen industry in the year: as large as they employ, as many stars as they earn. @param {Layer} layer @param {any} held @param {any} palette */
  clustersOf(layer, held, palette) {
    const rows = held.clusters.filter((/** @type {any} */ one) => !this.year || one.year === this.nearest(held.years));
    const largest = Math.max(1, ...held.clusters.map((/** @type {any} */ one) => one.size));
    return {
      id: layer.key, name: layer.label, type: "scatter", coordinateSystem: "geo",
      data: rows.map((/** @type {any} */ one) => ({
        value: [one.lon, one.lat, one.size], name: one.name, url: one.url, stars: one.stars, quotient: one.quotient,
        symbolSize: palette.rem * (0.75 + 3.5 * Math.sqrt(one.size / largest)),
        itemStyle: { color: palette.series[[5, 1, 2, 3][one.stars]], opacity: 0.75, borderColor: palette.surface, borderWidth: 1 },
        label: { show: one.stars > 0, formatter: `${one.name} ${"★".repeat(one.stars)}`, position: "right", color: palette.ink, fontSize: palette.rem * 0.8125, textBorderColor: palette.surface, textBorderWidth: 3 },
      })),
      labelLayout: besideDots(() => this.box.clientWidth),
    };
  }

  /** The last year with figures up to the one chosen. @param {number[]} years */
  nearest(years) {
    return years.filter((year) => year <= this.year).at(-1) ?? years[0];
  }

  /** @param {any} one */
  stands(one) {
    return !this.year || ((one.from ?? 0) <= this.year && (one.to ?? 9999) >= this.year);
  }

  /** @param {any} p */
  tip(p) {
    const record = p.data?.name ? p.data : (this.data.get(p.seriesId)?.shown?.[p.dataIndex] ?? {});
    const layer = this.config.layers.find((/** @type {Layer} */ one) => one.key === p.seriesId);
    const value = record.value?.[2] ?? (typeof record.value === "number" ? record.value : null);
    const stars = record.stars ? `<br>${"★".repeat(record.stars)} LQ ${record.quotient}` : "";
    return `<b>${escape(record.name ?? "")}</b><br>${escape(p.seriesName)}${value == null ? "" : ` · ${short(value)} ${escape(layer?.unit ?? "")}`}${stars}`;
  }
}

/** @param {any[]} points */
function flat(points) {
  const all = new Float64Array(points.length * 2);
  points.forEach((one, place) => all.set([one.lon, one.lat], place * 2));
  return all;
}

/** @param {Layer} layer @param {any} held @param {string} colour @param {any} palette */
function flowsOf(layer, held, colour, palette) {
  const widest = Math.max(1, ...held.flows.map((/** @type {any} */ flow) => flow.value));
  return {
    id: layer.key, name: layer.label, type: "lines", coordinateSystem: "geo", symbol: held.directed ? ["none", "arrow"] : "none", symbolSize: palette.rem * 0.5,
    lineStyle: { color: colour, opacity: 0.45, curveness: 0.2 },
    data: held.flows.map((/** @type {any} */ flow) => ({ coords: [flow.from, flow.to], name: flow.name, value: flow.value, url: flow.url, lineStyle: { width: 1 + (flow.value / widest) * palette.rem * 0.3 } })),
  };
}

/** Quiet lines of longitude and latitude, where no boundary says where one is. @param {[number, number][]} frame @param {any} palette */
function linesOfDegrees(frame, palette) {
  const [[west, north], [east, south]] = frame;
  const step = east - west > 12 ? 4 : east - west > 5 ? 2 : 1;
  const data = [];
  for (let lon = Math.ceil((west - 20) / step) * step; lon < east + 20; lon += step) data.push({ coords: [[lon, Math.max(south - 12, -80)], [lon, Math.min(north + 12, 80)]] });
  for (let lat = Math.ceil((south - 12) / step) * step; lat < north + 12; lat += step) data.push({ coords: [[west - 20, lat], [east + 20, lat]] });
  return { id: "degrees", type: "lines", coordinateSystem: "geo", silent: true, z: 0, lineStyle: { color: palette.line, width: 1, opacity: 0.8, type: "dotted" }, data };
}

/** A rectangle to stand on where no boundary is loaded. @param {[number, number][]} frame */
function frameOf(frame) {
  const [[west, north], [east, south]] = frame;
  return { type: "FeatureCollection", features: [{ type: "Feature", properties: { name: "" }, geometry: { type: "Polygon", coordinates: [[[west, south], [east, south], [east, north], [west, north], [west, south]]] } }] };
}

sayWords();
const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-atlas]"));
if (root) {
  const atlas = new Atlas(root);
  atlas.start().catch((problem) => {
    console.error(problem);
    atlas.say(atlas.config.words.failed);
    document.querySelector("[data-atlas-table]")?.setAttribute("open", "");
  });
}
