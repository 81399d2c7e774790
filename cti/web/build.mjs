// Bundles the pages into dist/: index.html, and assets whose names change with their content.
import { build } from "esbuild";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";

await rm("dist", { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: { app: "src/main.tsx", style: "src/style.css" },
  outdir: "dist/assets",
  entryNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  sourcemap: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  charset: "utf8",
  metafile: true,
  logLevel: "warning",
});
const built = Object.keys(metafile.outputs).map((path) => basename(path));
const named = (start, end) => built.find((name) => name.startsWith(start) && name.endsWith(end));
const page = (await readFile("index.html", "utf8"))
  .replace("{{script}}", `/assets/${named("app-", ".js")}`)
  .replace("{{style}}", `/assets/${named("style-", ".css")}`);
await mkdir("dist/assets", { recursive: true });
await copyFile("static/icon.svg", "dist/assets/icon.svg");
await writeFile("dist/index.html", page);
console.log(`built dist/ (${built.length} files)`);
