// A banner while there is no network.
import { words } from "./words.js";
import { icon } from "./icons.js";
import { toast } from "./toasts.js";

export function startConnection() {
  /** @type {HTMLElement | null} */
  let banner = null;
  const show = () => {
    if (banner) return;
    banner = document.createElement("div");
    banner.className = "k-offline";
    banner.setAttribute("role", "status");
    banner.append(icon("wifi-off"), words().offline);
    document.body.append(banner);
  };
  window.addEventListener("offline", show);
  window.addEventListener("online", () => {
    if (!banner) return;
    banner.remove();
    banner = null;
    toast(words().online, "good");
  });
  if (!navigator.onLine) show();
}
