// Builds the page that the package ships, from `src` and the libraries that are pinned; `make page`.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

/** Libraries inside the built page; their licences go with it. */
const LIBRARIES = ["cytoscape", "@dagrejs/dagre", "@dagrejs/graphlib"];

/** What the drawing library would put into the page itself; the policy of the page forbids that. */
const DRAWING_STYLE = ".__________cytoscape_container { position: relative; }";

async function bundle(entry, more) {
  const made = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    charset: "utf8",
    ...more,
  });
  return made.outputFiles[0].text.trim();
}

function hash(text) {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** A template with the parts filled in that are known; the others are left for Python. */
function filled(template, parts) {
  return template.replace(/\{\{(\w+)\}\}/g, (whole, name) => parts[name] ?? whole);
}

async function page(folder) {
  const script = await bundle("src/main.ts", {
    minify: true,
    format: "iife",
    target: "es2022",
    legalComments: "none",
  });
  const style = await bundle("src/style.css", { minify: true });
  const parts = {
    SCRIPT: script,
    STYLE: style,
    DRAWING_STYLE,
    SCRIPT_HASH: hash(script),
    STYLE_HASHES: `${hash(style)} ${hash(DRAWING_STYLE)}`,
  };
  const licences = LIBRARIES.map(licence).join("\n");
  const template = readFileSync("src/page.html", "utf8").replace(
    "<html",
    `<!--\n${licences}-->\n<html`,
  );
  if (/<\/script|<!--|\{\{[A-Z]/.test(script)) throw new Error("the script cannot stand in a page");
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/page.html`, filled(template, parts));
}

function licence(name) {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  const text = readFileSync(`node_modules/${name}/LICENSE`, "utf8");
  return `${name} ${version}\n\n${text.replaceAll("--", "- -")}`;
}

async function tests() {
  for (const name of readdirSync("tests")) {
    await build({
      entryPoints: [`tests/${name}`],
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: `built-tests/${name.replace(".ts", ".mjs")}`,
    });
  }
}

const [what, folder = "../built"] = process.argv.slice(2);
await (what === "test" ? tests() : page(folder));
