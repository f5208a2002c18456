// One SVG sprite of just the icons that the templates and Python files name, plus those listed in icons.txt. In a file that
// registers navigation every string that is the name of an icon counts.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const NAMED = [/\{%\s*icon\s+"([a-z0-9-]+)"/g, /\bicon\s*[=:]\s*"([a-z0-9-]+)"/g];

export async function iconSprite(texts, root, here) {
  const listed = (await readFile(join(here, "icons.txt"), "utf8")).split(/\s+/).filter(Boolean);
  const names = new Set(listed);
  const file = (name) => join(root, "node_modules/@tabler/icons/icons/outline", `${name}.svg`);
  for (const text of texts) {
    for (const pattern of NAMED) for (const [, name] of text.matchAll(pattern)) names.add(name);
    if (!text.includes("NavigationItem(")) continue;
    for (const [, name] of text.matchAll(/"([a-z0-9-]+)"/g)) if (existsSync(file(name))) names.add(name);
  }
  const symbols = [];
  for (const name of [...names].sort()) {
    const path = file(name);
    if (!existsSync(path)) throw new Error(`icon "${name}" is not one of @tabler/icons (outline)`);
    const svg = await readFile(path, "utf8");
    const body = svg
      .replace(/<!--[\s\S]*?-->/g, "")
      .replace(/[\s\S]*?<svg[^>]*>/, "")
      .replace(/<\/svg>\s*$/, "")
      .replace(/\s*\n\s*/g, "")
      .replace(/ \/>/g, "/>");
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}
