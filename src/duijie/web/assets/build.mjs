// Builds what the pages load: kit.css, kit.js, charts.js, atlas.js, scan.js, icons.svg and a manifest of content hashes.
//   npm run build          once
//   npm run watch          again at every change
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, watch, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { PurgeCSS } from "purgecss";
import { iconSprite } from "./icons.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, ".."); // all pages live in duijie.web
const root = join(source, "..", "..", "..");
const built = join(here, "..", "static", "built");

/** Every file under `folder` whose name ends in one of `endings`. */
async function filesUnder(folder, endings) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => !path.startsWith(built))
    .sort();
}

/**
 * The words of a file that may be names of classes or elements: of a template what stands in class="…" and css="…" and its
 * elements; of a Python file its strings but not its docstrings; of a script everything.
 */
function namesIn(path, text) {
  let source = text;
  if (path.endsWith(".html")) {
    const quoted = [...text.matchAll(/\b(?:class|css)=(?:"([^"]*)"|'([^']*)')/g)].map(([, a, b]) => a ?? b);
    source = [...quoted, ...[...text.matchAll(/<([a-z][a-z0-9]*)/g)].map(([, element]) => element)].join(" ");
  } else if (path.endsWith(".py")) {
    source = [...text.replace(/"""[\s\S]*?"""/g, "").matchAll(/"([^"\n]*)"|'([^'\n]*)'/g)].map(([, a, b]) => a ?? b).join(" ");
  }
  return source.match(/[A-Za-z0-9_-]+/g) ?? [];
}

/** Tabler without the rules that no page of ours could use, and without its figures for widths that we do not serve. */
async function purgedTabler(names) {
  const css = await readFile(join(root, "node_modules/@tabler/core/dist/css/tabler.min.css"), "utf8");
  const [result] = await new PurgeCSS().purge({
    content: [{ raw: names.join(" "), extension: "txt" }],
    css: [{ raw: css }],
    keyframes: true,
    fontFace: true,
    variables: true,
    safelist: { standard: [/^:/, "html", "body"], variables: [/^--tblr-(body|link|border|bg|primary|gutter|font|spacer|page)/] },
    defaultExtractor: (text) => text.split(" "),
  });
  return result.css.replace('@charset "UTF-8";', "");
}

async function buildAll() {
  await rm(built, { recursive: true, force: true });
  await mkdir(built, { recursive: true });
  const paths = [...(await filesUnder(source, [".html", ".py"])), ...(await filesUnder(join(here, "js"), [".js"]))];
  const texts = await Promise.all(paths.map((path) => readFile(path, "utf8")));

  const tabler = await purgedTabler([...new Set(paths.flatMap((path, place) => namesIn(path, texts[place])))]);
  const dark = await readFile(join(here, "css/tokens.dark.css"), "utf8");
  const purged = {
    name: "purged-tabler",
    setup(builder) {
      builder.onResolve({ filter: /^tabler$/ }, () => ({ path: "tabler", namespace: "purged" }));
      builder.onLoad({ filter: /^tabler$/, namespace: "purged" }, () => ({ contents: tabler, loader: "css" }));
      // The dark values stand in one file and serve twice: where the system is dark, and where the switch says so.
      builder.onResolve({ filter: /^dark-tokens$/ }, () => ({ path: "dark-tokens", namespace: "purged" }));
      builder.onLoad({ filter: /^dark-tokens$/, namespace: "purged" }, () => ({
        contents: `@media (prefers-color-scheme: dark){:root:not([data-bs-theme=light]){${dark}}}:root[data-bs-theme=dark]{${dark}}`,
        loader: "css",
      }));
    },
  };
  const shared = { bundle: true, minify: true, legalComments: "none", target: ["chrome105", "firefox115", "safari15.6"], logLevel: "warning" };
  await build({ ...shared, entryPoints: [join(here, "css/kit.css")], outdir: built, plugins: [purged] });
  await build({
    ...shared,
    entryPoints: ["kit", "charts", "atlas", "scan"].map((name) => join(here, `js/${name}.js`)),
    outdir: built,
    format: "iife",
  });
  const elsewhere = (await filesUnder(join(source, ".."), [".py"])).filter((path) => !paths.includes(path));
  const everywhere = [...texts, ...(await Promise.all(elsewhere.map((path) => readFile(path, "utf8"))))];
  await writeFile(join(built, "icons.svg"), await iconSprite(everywhere, root, here));
  await writeManifest();
}

/** {"kit.css": "3f9a…"}: the pages ask for each file with its hash, so that browsers may keep it for ever. */
async function writeManifest() {
  const manifest = {};
  const sizes = [];
  for (const name of (await readdir(built)).sort()) {
    const content = await readFile(join(built, name));
    const small = brotliCompressSync(content);
    manifest[name] = createHash("sha256").update(content).digest("hex").slice(0, 12);
    sizes.push(`${name} ${(content.length / 1024).toFixed(1)} kB (${(small.length / 1024).toFixed(1)})`);
    // The server hands these to browsers that take them.
    await writeFile(join(built, `${name}.br`), small);
    await writeFile(join(built, `${name}.gz`), gzipSync(content, { level: 9 }));
  }
  await writeFile(join(built, "manifest.json"), JSON.stringify(manifest));
  console.log(`built ${relative(root, built)}: ${sizes.join(", ")}`);
}

await buildAll();
if (process.argv.includes("--watch")) {
  for await (const change of watch(source, { recursive: true })) {
    if (/static.built|__pycache__/.test(change.filename ?? "") || !/\.(html|py|css|m?js|txt)$/.test(change.filename ?? "")) continue;
    await buildAll().catch((problem) => console.error(String(problem)));
  }
}
