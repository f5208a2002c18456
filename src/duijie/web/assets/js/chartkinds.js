// From a chart's specification (duijie.web.kit.charts.Chart) to what ECharts wants: line, bar, hbar, stacked, donut, scatter,
// radar, heatmap, sankey, graph.
import { isEnglish } from "./words.js";

/** 123456789 → 1.23亿 / 123.46 m. @param {number} number */
export function short(number) {
  if (number === null || number === undefined || Number.isNaN(number)) return "—";
  const size = Math.abs(number);
  const tidy = (/** @type {number} */ value) => String(Math.round(value * 100) / 100);
  if (isEnglish()) return size >= 1e9 ? `${tidy(number / 1e9)} bn` : size >= 1e6 ? `${tidy(number / 1e6)} m` : number.toLocaleString("en-US", { maximumFractionDigits: 2 });
  return size >= 1e8 ? `${tidy(number / 1e8)}亿` : size >= 1e4 ? `${tidy(number / 1e4)}万` : number.toLocaleString("zh-CN", { maximumFractionDigits: 2 });
}

/** @typedef {ReturnType<typeof import("./chartpalette.js").paletteOf>} Palette */

/** What all kinds share. @param {any} spec @param {Palette} palette */
function frame(spec, palette) {
  const size = palette.rem * 0.8125;
  return {
    color: palette.series,
    textStyle: { fontFamily: palette.face, fontSize: size, color: palette.ink2 },
    aria: { enabled: true, decal: { show: (spec.series ?? []).length > 3 } },
    tooltip: {
      confine: true, backgroundColor: palette.raised, borderColor: palette.line, padding: [palette.rem * 0.5, palette.rem * 0.75],
      textStyle: { color: palette.ink, fontSize: size }, extraCssText: "box-shadow: var(--shadow-2); border-radius: var(--radius);",
      valueFormatter: (/** @type {any} */ value) => (Array.isArray(value) ? value.map(short).join(", ") : `${typeof value === "number" ? value.toLocaleString("en-US") : value ?? "—"}${spec.unit ? ` ${spec.unit}` : ""}`),
    },
    legend: {
      show: (spec.series ?? []).length > 1, top: 0, left: 0, itemWidth: palette.rem * 0.75, itemHeight: palette.rem * 0.5, itemGap: palette.rem,
      textStyle: { color: palette.ink2, fontSize: size }, icon: "roundRect", type: "scroll", pageIconColor: palette.river, pageTextStyle: { color: palette.ink2 },
    },
  };
}

/** @param {Palette} palette */
function axes(palette) {
  const label = { color: palette.ink3, fontSize: palette.rem * 0.8125 };
  return {
    category: (/** @type {string[]} */ data, inverse = false) => ({
      type: "category", data, inverse, axisLabel: { ...label, hideOverlap: true, width: palette.rem * 8, overflow: "truncate" },
      axisLine: { lineStyle: { color: palette.line } }, axisTick: { show: false },
    }),
    value: (name = "", /** @type {number | null} */ seen = null) => ({
      type: "value", name, max: (/** @type {{max: number}} */ found) => seen != null && seen > found.max ? rounded(seen) : null, nameTextStyle: { ...label, align: "right" }, axisLabel: { ...label, formatter: short },
      splitLine: { lineStyle: { color: palette.line, width: 1 } }, splitNumber: 4,
    }),
  };
}

/** The next round figure at or above a positive one: an axis that ends there shows a target that no bar reaches. @param {number} figure */
function rounded(figure) {
  const scale = 10 ** Math.floor(Math.log10(figure));
  return ([1, 1.2, 1.6, 2, 2.5, 3, 4, 5, 6, 8, 10].find((step) => step * scale >= figure) ?? 10) * scale;
}

/** @param {any} spec @param {Palette} palette @param {number} width */
export function optionsOf(spec, palette, width) {
  const base = frame(spec, palette);
  const make = KINDS[spec.kind];
  if (!make) throw new Error(`no chart kind "${spec.kind}"`);
  return { ...base, ...make(spec, palette, base, width) };
}

/** @param {any} spec @param {Palette} palette @param {any} base */
function cartesian(spec, palette, base) {
  const axis = axes(palette);
  const flat = spec.kind === "hbar";
  const many = spec.series.length > 1;
  const top = palette.rem * (many ? 2.5 : 0.5) + (flat && spec.target != null ? palette.rem * 1.5 : 0);
  const series = spec.series.map((/** @type {any} */ one, /** @type {number} */ place) => ({
    name: one.name,
    type: spec.kind === "line" ? "line" : "bar",
    stack: spec.stacked ? "all" : undefined,
    data: one.values.map((/** @type {any} */ value, /** @type {number} */ i) => ({ value, url: one.urls?.[i] })),
    barMaxWidth: palette.rem * 2,
    symbol: ["circle", "rect", "triangle", "diamond"][place % 4],
    symbolSize: palette.rem * 0.4,
    showSymbol: one.values.length < 30,
    lineStyle: { width: palette.rem * 0.15, type: one.dashed ? "dashed" : "solid" },
    itemStyle: { borderRadius: spec.kind === "line" || spec.stacked ? 0 : flat ? [0, 2, 2, 0] : [2, 2, 0, 0] },
    areaStyle: spec.kind === "line" && !many ? { color: palette.riverWash, opacity: 1 } : undefined,
    label: flat && !many ? { show: true, position: "right", color: palette.ink2, backgroundColor: palette.surface, padding: [1, 3], fontSize: palette.rem * 0.8125, formatter: (/** @type {any} */ p) => short(p.value) } : undefined,
    markLine: place === 0 && spec.target != null ? target(spec, palette, flat) : undefined,
  }));
  return {
    tooltip: { ...base.tooltip, trigger: "axis", axisPointer: { type: spec.kind === "line" ? "line" : "shadow", lineStyle: { color: palette.riverLine }, shadowStyle: { color: palette.wash, opacity: 0.6 } } },
    grid: { top, left: 0, right: palette.rem * (flat ? 3.5 : spec.kind === "line" ? 1.25 : 0.75), bottom: 0, containLabel: true },
    xAxis: flat ? axis.value("", spec.target) : { ...axis.category(spec.categories), boundaryGap: spec.kind !== "line" },
    // The unit stands beside the title.
    yAxis: flat ? axis.category(spec.categories, true) : axis.value("", spec.target),
    series,
  };
}

/** @param {any} spec @param {Palette} palette @param {boolean} flat */
function target(spec, palette, flat) {
  return {
    symbol: "none", silent: true, data: [flat ? { xAxis: spec.target } : { yAxis: spec.target }],
    lineStyle: { color: palette.ink, type: "dashed", width: 1.5 },
    label: { formatter: `${spec.target_name || ""} ${short(spec.target)}`, color: palette.ink, position: flat ? "start" : "insideEndTop", distance: palette.rem * 0.25, fontSize: palette.rem * 0.8125 },
  };
}

/** @type {Record<string, (spec: any, palette: Palette, base: any, width: number) => any>} */
const KINDS = {
  line: cartesian,
  bar: cartesian,
  hbar: cartesian,
  donut: (spec, palette, base, width) => ({
    tooltip: { ...base.tooltip, trigger: "item" },
    legend: { ...base.legend, show: true, orient: width < 420 ? "horizontal" : "vertical", left: width < 420 ? 0 : "58%", top: width < 420 ? "bottom" : "middle" },
    series: [{
      type: "pie", radius: ["52%", "78%"], center: width < 420 ? ["50%", "42%"] : ["28%", "50%"], label: { show: false }, padAngle: 1,
      itemStyle: { borderRadius: 2 },
      data: spec.categories.map((/** @type {string} */ name, /** @type {number} */ i) => ({ name, value: spec.series[0].values[i], url: spec.series[0].urls?.[i] })),
    }],
  }),
  scatter: (spec, palette, base) => {
    const axis = axes(palette);
    return {
      tooltip: { ...base.tooltip, trigger: "item", formatter: (/** @type {any} */ p) => `${escape(p.data.name ?? p.seriesName)}<br>${short(p.value[0])} · ${short(p.value[1])}` },
      grid: { top: palette.rem * 3, left: 0, right: palette.rem, bottom: palette.rem, containLabel: true },
      xAxis: { ...axis.value(spec.x_name), nameLocation: "end" },
      yAxis: axis.value(spec.unit),
      series: spec.series.map((/** @type {any} */ one) => ({ name: one.name, type: "scatter", symbolSize: palette.rem * 0.6, data: one.values.map((/** @type {any} */ v, /** @type {number} */ i) => ({ value: v, name: one.names?.[i], url: one.urls?.[i] })) })),
    };
  },
  radar: (spec, palette, base, width) => ({
    tooltip: { ...base.tooltip, trigger: "item" },
    radar: {
      indicator: spec.categories.map((/** @type {string} */ name) => ({ name, max: spec.max ?? 100 })), radius: width < 480 ? "54%" : "64%", center: ["50%", "54%"],
      axisName: { color: palette.ink2, ...(width < 480 ? { width: palette.rem * 4.5, overflow: "break" } : {}) }, splitLine: { lineStyle: { color: palette.line } }, splitArea: { show: false }, axisLine: { lineStyle: { color: palette.line } },
    },
    series: [{ type: "radar", data: spec.series.map((/** @type {any} */ one) => ({ name: one.name, value: one.values })), areaStyle: { opacity: 0.12 }, symbolSize: palette.rem * 0.3 }],
  }),
  heatmap: (spec, palette, base) => {
    const axis = axes(palette);
    const cells = spec.series.flatMap((/** @type {any} */ row, /** @type {number} */ y) => row.values.map((/** @type {any} */ value, /** @type {number} */ x) => ({ value: [x, y, value], url: row.urls?.[x] })));
    const top = Math.max(1, ...cells.map((/** @type {any} */ cell) => cell.value[2] ?? 0));
    return {
      aria: { enabled: true }, // the shade is the figure: hatching would hide it
      legend: { show: false },
      tooltip: { ...base.tooltip, trigger: "item", formatter: (/** @type {any} */ p) => `${escape(spec.series[p.value[1]].name)} · ${escape(spec.categories[p.value[0]])}<br>${short(p.value[2])}` },
      grid: { top: 0, left: 0, right: 0, bottom: 0, containLabel: true },
      xAxis: { ...axis.category(spec.categories), splitArea: { show: false } },
      yAxis: axis.category(spec.series.map((/** @type {any} */ row) => row.name), true),
      visualMap: { show: false, min: 0, max: top, inRange: { color: [palette.wash, palette.riverLine, palette.series[0]] } },
      series: [{ type: "heatmap", data: cells, itemStyle: { borderColor: palette.surface, borderWidth: 2, borderRadius: 2 } }],
    };
  },
  sankey: (spec, palette, base) => ({
    legend: { show: false },
    tooltip: { ...base.tooltip, trigger: "item" },
    series: [{
      type: "sankey", left: 0, right: palette.rem * 7, top: palette.rem * 0.5, bottom: palette.rem * 0.5, nodeWidth: palette.rem * 0.5, nodeGap: palette.rem * 0.75, draggable: false,
      data: spec.nodes, links: spec.links, label: { color: palette.ink2, fontSize: palette.rem * 0.8125 },
      lineStyle: { color: "gradient", opacity: 0.25, curveness: 0.5 }, emphasis: { focus: "adjacency" },
    }],
  }),
  graph: (spec, palette, base, width) => {
    const kinds = [...new Set(spec.nodes.map((/** @type {any} */ node) => node.kind))];
    /** @type {Map<string, number>} */
    const weight = new Map();
    for (const link of spec.links) for (const end of [link.source, link.target]) weight.set(end, (weight.get(end) ?? 0) + link.value);
    const most = Math.max(1, ...weight.values());
    const narrow = width < 560;
    // Names stand outside the circle, turned like spokes; on a phone the longer ones are cut and the table has them whole.
    const room = palette.rem * (narrow ? 4.5 : 9);
    return {
      legend: { ...base.legend, show: kinds.length > 1, data: kinds },
      tooltip: { ...base.tooltip, trigger: "item", formatter: (/** @type {any} */ p) => p.dataType === "edge" ? `${escape(p.data.source)} — ${escape(p.data.target)}<br>${short(p.data.value)} ${escape(spec.unit)}` : `${escape(p.name)}<br>${short(weight.get(p.name) ?? 0)} ${escape(spec.unit)}` },
      series: [{
        type: "graph", layout: "circular", circular: { rotateLabel: true }, roam: false,
        left: room, right: room, top: room + palette.rem * (kinds.length > 1 ? 1.5 : 0), bottom: room,
        categories: kinds.map((name) => ({ name })),
        data: spec.nodes.map((/** @type {any} */ node) => ({ name: node.name, category: kinds.indexOf(node.kind), url: node.url, symbolSize: palette.rem * (0.5 + 1.1 * Math.sqrt((weight.get(node.name) ?? 0) / most)) })),
        links: spec.links.map((/** @type {any} */ link) => ({ ...link, lineStyle: { width: 1 + Math.min(5, link.value) } })),
        label: { show: true, position: "right", color: palette.ink2, fontSize: palette.rem * (narrow ? 0.6875 : 0.8125), width: room - palette.rem, overflow: "truncate" },
        lineStyle: { color: "source", opacity: 0.45, curveness: 0.2 }, emphasis: { focus: "adjacency", lineStyle: { opacity: 0.9 } },
      }],
    };
  },
};

/** ECharts shows formatters' results as HTML. @param {string} text */
export function escape(text) {
  return String(text ?? "").replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/**
 * Where the name of a dot stands: to its right; to its left where it would be cut off there; pulled inside where neither side has room.
 * Of names that overlap one is shown. @param {() => number} widthOf the width of the box in px
 */
export function besideDots(widthOf) {
  return (/** @type {any} */ label) => {
    const width = widthOf(), dot = label.rect, text = label.labelRect.width, gap = 5;
    const free = { hideOverlap: true };
    if (dot.x + dot.width + gap + text <= width || dot.x > width) return free;
    const x = dot.x - gap - text >= 0 ? dot.x - gap : width - 2;
    return { ...free, x, y: dot.y + dot.height / 2, align: "right", verticalAlign: "middle" };
  };
}
