// Charts are heavy: charts.js is fetched only where a page shows one, and only when it comes near the screen.
import { onEach } from "./htmx.js";

let fetched = false;

function fetchCharts() {
  if (fetched) return;
  fetched = true;
  const script = document.createElement("script");
  script.src = document.body.dataset.charts ?? "";
  document.head.append(script);
}

export function startCharts() {
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      near.unobserve(entry.target);
      entry.target.setAttribute("data-near", "");
      fetchCharts();
      document.dispatchEvent(new CustomEvent("kit:chart"));
    }
  }, { rootMargin: "400px" });
  onEach("[data-chart]", (element) => near.observe(element));
}
