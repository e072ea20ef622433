// What check.mjs and walk.mjs share: the browser without a network, and the pages of a folder.

import { accessSync, constants, readdirSync } from "node:fs";
import { delimiter, join, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const BROWSERS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];

// Nothing resolves and nothing is asked for in the background, so what a page asks for is all there is to see.
const FLAGS = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-gpu",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND",
  "--no-first-run",
];

/** Start the browser named on the command line, or else the first one installed. */
export async function launch(named) {
  const executablePath = named ?? installed();
  if (!executablePath) throw new Error(`no browser found (${BROWSERS.join(", ")}): install one, or give --chromium PATH`);
  return chromium.launch({ executablePath, args: FLAGS });
}

function installed() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return BROWSERS.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A browsing context that is offline, moves nothing for show, and has the width of a common screen. */
export const settings = (more = {}) => ({
  offline: true,
  reducedMotion: "reduce",
  viewport: { width: 1280, height: 900 },
  ...more,
});

/** Every .html under a folder, as paths relative to it with forward slashes, in order. */
export function pagesOf(folder) {
  return readdirSync(folder, { recursive: true })
    .map((path) => path.split(sep).join("/"))
    .filter((path) => path.endsWith(".html"))
    .sort();
}

/** The file address of a path in a folder. */
export const addressOf = (folder, path) => pathToFileURL(join(resolve(folder), path)).href;

/** The path in the folder that a file address leads to; undefined where it leads out of the folder. */
export function pathIn(folder, address) {
  const url = new URL(address);
  url.hash = "";
  url.search = "";
  const path = fileURLToPath(url);
  const root = resolve(folder);
  if (path === root || path === root + sep) return ".";
  return path.startsWith(root + sep) ? path.slice(root.length + 1).split(sep).join("/") : undefined;
}

/** Words of a command line: the first plain one, and the value of each option (true where none follows). */
export function commandLine(words) {
  const options = {};
  let folder;
  for (let at = 0; at < words.length; at += 1) {
    if (words[at] === "--chromium") options.chromium = words[(at += 1)];
    else if (words[at].startsWith("--")) options[words[at].slice(2)] = true;
    else folder = words[at];
  }
  return { folder, ...options };
}
