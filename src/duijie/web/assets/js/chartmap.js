// Dots, bubbles and flows on longitude and latitude. No boundary is shipped: where the operator has loaded approved shapes they
// lie beneath, otherwise a quiet graticule does. One degree of longitude is drawn cos(latitude) as wide as one of latitude.
import { besideDots, escape, short } from "./chartkinds.js";

/**
 * @param {any} spec points: [{lon, lat, name, value, kind, url}], flows: [{from: [lon, lat], to: [lon, lat], value, name}]
 * @param {import("./chartkinds.js").Palette} palette @param {string | null} boundary @param {{width: number, height: number}} box in px
 */
export function mapOptions(spec, palette, boundary, box) {
  const shape = box.width / box.height;
  const largest = Math.max(1, ...spec.points.map((/** @type {any} */ point) => point.value ?? 0));
  const widest = Math.max(1, ...spec.flows.map((/** @type {any} */ flow) => flow.value ?? 0));
  const dot = palette.rem * 0.5;
  const place = boundary ? { coordinateSystem: "geo" } : { coordinateSystem: "cartesian2d" };
  const kinds = [...new Set(spec.points.map((/** @type {any} */ point) => point.kind ?? ""))];
  const window = windowOf(spec, shape);
  const points = kinds.map((kind, order) => ({
    ...place, name: kind || spec.title, type: "scatter", itemStyle: { color: palette.series[order % 6], opacity: 0.82, borderColor: palette.surface, borderWidth: 1 },
    symbol: ["circle", "rect", "triangle", "diamond"][order % 4],
    label: { show: spec.points.length <= 40, position: "right", formatter: "{b}", color: palette.ink, fontSize: palette.rem * 0.8125, textBorderColor: palette.surface, textBorderWidth: 3 },
    labelLayout: besideDots(() => box.width), emphasis: { scale: 1.3, label: { show: true } },
    data: spec.points.filter((/** @type {any} */ point) => (point.kind ?? "") === kind).map((/** @type {any} */ point) => ({
      name: point.name, url: point.url, value: [point.lon, point.lat, point.value ?? null],
      symbolSize: point.value == null ? dot : dot + Math.sqrt(point.value / largest) * palette.rem * (shape < 1 ? 1.25 : 2.25),
    })),
  }));
  const flows = {
    ...place, name: spec.flow_name || "", type: "lines", zlevel: 0, silent: false, symbol: ["none", "arrow"], symbolSize: palette.rem * 0.5,
    lineStyle: { color: palette.series[0], opacity: 0.4, curveness: 0.22 },
    data: spec.flows.map((/** @type {any} */ flow) => ({ coords: [flow.from, flow.to], name: flow.name, value: flow.value, url: flow.url, lineStyle: { width: 1 + ((flow.value ?? 1) / widest) * palette.rem * 0.3 } })),
  };
  return {
    textStyle: { fontFamily: palette.face },
    aria: { enabled: true },
    legend: { show: kinds.length > 1, top: 0, left: 0, textStyle: { color: palette.ink2, fontSize: palette.rem * 0.8125 }, data: kinds },
    tooltip: {
      trigger: "item", confine: true, backgroundColor: palette.raised, borderColor: palette.line, textStyle: { color: palette.ink, fontSize: palette.rem * 0.8125 },
      formatter: (/** @type {any} */ p) => {
        const value = p.seriesType === "lines" ? p.data.value : p.value[2];
        return `<b>${escape(p.name)}</b>${value == null ? "" : `<br>${short(value)} ${escape(spec.unit)}`}`;
      },
    },
    ...(boundary ? geoFrame(palette) : graticule(window, palette)),
    series: [flows, ...points],
  };
}

/** @param {import("./chartkinds.js").Palette} palette */
function geoFrame(palette) {
  return { geo: { map: "boundary", roam: true, itemStyle: { areaColor: palette.wash, borderColor: palette.line }, label: { show: false }, emphasis: { itemStyle: { areaColor: palette.riverWash }, label: { show: false } } } };
}

/** The part of the earth that holds every point with a margin, in degrees, stretched to the shape of the box. */
function windowOf(/** @type {any} */ spec, /** @type {number} */ shape) {
  const all = [...spec.points.map((/** @type {any} */ p) => [p.lon, p.lat]), ...spec.flows.flatMap((/** @type {any} */ f) => [f.from, f.to])];
  const lons = all.map((p) => p[0]);
  const lats = all.map((p) => p[1]);
  const lon = (Math.min(...lons) + Math.max(...lons)) / 2;
  const lat = (Math.min(...lats) + Math.max(...lats)) / 2;
  const squeeze = Math.cos((lat * Math.PI) / 180);
  let width = (Math.max(...lons) - Math.min(...lons)) * 1.2 + 0.6;
  let height = (Math.max(...lats) - Math.min(...lats)) * 1.2 + 0.6;
  if ((width * squeeze) / height < shape) width = (height * shape) / squeeze;
  else height = (width * squeeze) / shape;
  return { west: lon - width / 2, south: lat - height / 2, width, height };
}

/** Quiet lines of longitude and latitude. */
function graticule(/** @type {ReturnType<typeof windowOf>} */ window, /** @type {any} */ palette) {
  const step = window.width > 12 ? 4 : window.width > 5 ? 2 : 1;
  const axis = (/** @type {number} */ start, /** @type {number} */ span, /** @type {string} */ sign) => {
    const customValues = [];
    for (let degree = Math.ceil(start / step) * step; degree < start + span; degree += step) customValues.push(degree);
    return {
      type: "value", min: start, max: start + span, axisLine: { show: false }, axisTick: { show: false, customValues },
      splitLine: { customValues, lineStyle: { color: palette.line, type: "dotted" } },
      axisLabel: { customValues, inside: true, color: palette.ink3, fontSize: palette.rem * 0.75, hideOverlap: true, formatter: (/** @type {number} */ degree) => `${Math.round(degree)}°${sign}` },
    };
  };
  return { grid: { top: 0, left: 0, right: 0, bottom: 0 }, xAxis: axis(window.west, window.width, "E"), yAxis: axis(window.south, window.height, "N") };
}
