// Opens every page of the published site in a browser without a network and holds it to the rules below.
//
//   npm ci --ignore-scripts               once, in this folder
//   node check.mjs FOLDER                 every .html under FOLDER, opened from the disk; exit 1 on any fault
//   node check.mjs FOLDER --chromium PATH with this browser; otherwise the first one found on PATH
//   node check.mjs --self-test            the pages of faulty/, each of which names the rules that it breaks
//
// Rules (the word that begins each line of the report):
//   request    nothing is asked for from outside the folder        console    no error or warning, none from the policy
//   resource   all that a page asks for is there                   policy     every page has a content security policy
//   picture    each picture and drawing has a text alternative     link       links and #anchors lead somewhere; https outside
//   orphan     links lead to every page from index.html            duplicate  no two pages share a title
//   id         no two elements of a page share one                 lang, title, h1, main   each page has its own
//   axe:NAME   axe-core finds nothing: WCAG 2.0 to 2.2, A and AA, and best practice; of long tables the
//              first 40 rows, of long lists the first 40 items of a page
//   reflow     at 320 pixels (400% zoom) only tables and charts scroll, in containers that the keyboard reaches
//   spacing    with text spaced out (WCAG 1.4.12) nothing is cut off; of each kind of page, a sample
//   focus      each stop of the Tab key, up to 60, can be seen and left; the same sample
//   chart      an interactive chart is drawn, shows a tooltip, and changes with each of its controls, by keyboard too
//   no-script  without scripts a page shows what it shows with them, an interactive one where its picture is
//
// http (not https) is allowed outside only to hosts that data/raw gives so in a column `url`. Closed details are opened.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { addressOf, commandLine, launch, pagesOf, pathIn, settings } from "./browser.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const DATA = join(HERE, "..", "..", "data", "raw");
const INSIDE = readFileSync(join(HERE, "inside.js"), "utf8");
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const AT_ONCE = 3;
const PATIENCE = 30_000;
const TABS = 60;
const POINTS = 60;
const SHORT = { rows: 40, items: 40 };
const NARROW = { width: 320, height: 640 };
const WIDE = settings().viewport;
const ASKED = {
  preload: false,
  resultTypes: ["violations", "incomplete"],
  runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
};
const INTERACTIVE = /_interactive\.html$/;
const DRAWS = /vegaEmbed\(/;
const FEWER_WORDS = 0.98;

// -------------------------------------------------------------------- one page

const isOutside = (address) => !/^(file|data|blob|about):/.test(address);

/** Open a page and note all that it asks for and says. */
async function opened(context, folder, path) {
  const page = await context.newPage();
  const record = { page, path, faults: [], requested: new Set(), listening: true };
  const note = (rule, element, advice) => record.listening && record.faults.push({ rule, element, advice });
  page.on("request", (request) => {
    const address = request.url();
    if (isOutside(address)) note("request", address, "ship it in the folder, or drop it: a page asks nothing of another host");
    else if (address.startsWith("file:")) {
      const inside = pathIn(folder, address);
      if (inside === undefined) note("request", address.split("/").slice(-3).join("/"), "keep what a page needs inside the folder");
      else record.requested.add(inside);
    }
  });
  page.on("requestfailed", (request) => {
    if (!isOutside(request.url())) note("resource", nameOf(request.url()), `${request.failure()?.errorText}: put the file there`);
  });
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) note("console", message.text().slice(0, 200), "mend what is complained of");
  });
  page.on("pageerror", (error) => note("console", String(error.message).slice(0, 200), "mend the script"));
  await page.goto(addressOf(folder, path), { waitUntil: "load", timeout: PATIENCE });
  record.draws = draws(folder, path);
  if (record.draws) {
    await page.waitForSelector(".vega-embed svg", { timeout: context.scripts ? PATIENCE : 1 }).catch(() => undefined);
  }
  await page.evaluate(INSIDE);
  await page.evaluate(() => siteCheck.settle());
  return record;
}

const draws = (folder, path) => INTERACTIVE.test(path) || DRAWS.test(readFileSync(join(folder, path), "utf8"));

const nameOf = (address) => decodeURI(address.split("/").slice(-2).join("/"));

const ask = (record, name) => record.page.evaluate((name) => siteCheck[name](), name);

async function check(context, folder, path, sampled) {
  const record = await opened(context, folder, path);
  record.survey = await ask(record, "survey");
  record.faults.push(...record.survey.faults);
  await ask(record, "unfold");
  if (sampled) record.faults.push(...(await ask(record, "spacing")));
  await record.page.setViewportSize(NARROW);
  record.faults.push(...(await ask(record, "reflow")));
  await record.page.setViewportSize(WIDE);
  if (record.draws) await interaction(record);
  if (sampled) await focus(record);
  record.undecided = await accessibility(record);
  await record.page.close();
  return record;
}

/** Run axe, unheard: what it makes the console say is not the page's. Returns what it could not decide, and why. */
async function accessibility(record) {
  record.listening = false;
  await record.page.evaluate((limits) => siteCheck.shorten(limits), SHORT);
  await record.page.evaluate(AXE);
  const { violations, incomplete } = await record.page.evaluate((options) => axe.run(document, options), ASKED);
  record.listening = true;
  for (const { id, nodes, help } of violations) {
    const more = nodes.length > 1 ? ` and ${nodes.length - 1} more` : "";
    record.faults.push({ rule: `axe:${id}`, element: nodes[0].html.slice(0, 120).replace(/\s+/g, " ") + more, advice: help });
  }
  return incomplete.flatMap(({ id, nodes }) =>
    nodes.filter((node) => !isLettering(node)).map(({ any }) => [id, any[0]?.data?.messageKey].filter(Boolean).join(" ")),
  );
}

// axe decides nothing about the colours of letters in a drawing; the theme's own tests do.
const isLettering = ({ html }) => /^<(text|tspan)/.test(html);

/** Go through a page with the Tab key. */
async function focus(record) {
  const { page, faults } = record;
  const shown = new Set();
  const bad = (element, advice) => faults.push({ rule: "focus", element, advice });
  await page.evaluate(() => scrollTo(0, 0));
  let last = 0;
  for (let stop = 0; stop < TABS; stop += 1) {
    await page.keyboard.press("Tab");
    const at = await ask(record, "focused");
    if (at === null) return;
    if (at.number === last) return bad(at.element, "the Tab key does not get past it: let focus move on");
    if (at.number < last) return;
    last = at.number;
    if (at.box === null) bad(at.element, "it has the focus outside the window: bring it into view");
    else if (at.covered) bad(at.element, "something covers it when it has the focus: move what covers it");
    else if (!shown.has(at.look)) {
      if (await changesWithFocus(record, at.box)) shown.add(at.look);
      else bad(at.element, "it looks the same with the focus: give :focus-visible an outline");
    }
  }
}

async function changesWithFocus(record, { left, top, right, bottom }) {
  const x = Math.max(Math.floor(left) - 6, 0);
  const y = Math.max(Math.floor(top) - 6, 0);
  const clip = { x, y, width: Math.min(Math.ceil(right) + 6, WIDE.width) - x, height: Math.min(Math.ceil(bottom) + 6, WIDE.height) - y };
  const picture = () => record.page.screenshot({ clip, animations: "disabled" });
  const before = await picture();
  await ask(record, "blur");
  const after = await picture();
  await ask(record, "refocus");
  return !before.equals(after);
}

/** Is the chart drawn, does it answer to the pointer, and do its controls change it? */
async function interaction(record) {
  const { page, faults } = record;
  const bad = (element, advice) => faults.push({ rule: "chart", element, advice });
  if ((await page.evaluate(() => siteCheck.marks().length)) === 0) return bad(".vega-embed svg", "no mark is drawn: see the console");
  if (!(await tooltip(record))) bad(".vega-embed svg", "no tooltip appears at the middle of any mark: give one to the marks, and to what lies on them");
  for (let control = 0; control < (await page.evaluate(() => siteCheck.controls().length)); control += 1) {
    const name = await page.evaluate((index) => siteCheck.describe(siteCheck.controls()[index]), control);
    if (!(await changesWithKeys(page, control))) bad(name, "arrow keys (or the space bar) on it change nothing in the drawing");
  }
}

async function tooltip({ page }) {
  const shown = page.locator("#vg-tooltip-element.visible");
  for (const { x, y } of await page.evaluate((limit) => siteCheck.pointed(limit), POINTS)) {
    const offset = await page.evaluate(([x, y]) => {
      scrollTo({ left: 0, top: y - innerHeight / 2, behavior: "instant" });
      return { x: x - scrollX, y: y - scrollY };
    }, [x, y]);
    await page.mouse.move(offset.x, offset.y);
    if ((await shown.count()) > 0 && (await shown.innerText()).trim()) {
      await page.mouse.move(0, 0);
      return true;
    }
  }
  return false;
}

async function changesWithKeys(page, index) {
  const before = await page.evaluate((index) => {
    siteCheck.controls()[index].focus();
    return siteCheck.drawing().outerHTML;
  }, index);
  const kind = await page.evaluate(() => document.activeElement.type);
  const keys = kind === "checkbox" ? ["Space"] : ["ArrowDown", "ArrowUp", "ArrowUp"];
  for (const key of keys) {
    await page.keyboard.press(key);
    const changed = await page
      .waitForFunction((before) => siteCheck.drawing().outerHTML !== before, before, { timeout: 1500, polling: 50 })
      .catch(() => null);
    if (changed) return true;
  }
  return false;
}

/** The same page without scripts, beside what it showed with them. */
async function checkWithoutScripts(context, folder, path, words) {
  const record = await opened(context, folder, path);
  const survey = await ask(record, "survey");
  if (record.draws) record.faults.push(...(await ask(record, "withoutScripts")));
  else if (survey.words < words * FEWER_WORDS) {
    const advice = `without scripts ${survey.words} of ${words} words show: write them into the page`;
    record.faults.push({ rule: "no-script", element: "<main>", advice });
  }
  await record.page.close();
  return { ...survey, faults: record.faults.filter((fault) => ["no-script", "request", "resource"].includes(fault.rule)) };
}

// -------------------------------------------------------------------- links between pages

/** Hosts that the curated tables cite by http, because they give no other address. */
function httpHosts() {
  const hosts = new Set();
  const tables = existsSync(DATA) ? readdirSync(DATA).filter((name) => name.endsWith(".csv")) : [];
  for (const table of tables) {
    const text = readFileSync(join(DATA, table), "utf8");
    if (!text.slice(0, text.indexOf("\n")).trim().split(",").includes("url")) continue;
    for (const [, host] of text.matchAll(/(?<=^|[,"])http:\/\/([^/,"\s]+)/gm)) hosts.add(host);
  }
  return hosts;
}

/** What is wrong with one link; undefined where nothing is. Reached pages are added to `reached`. */
function linkFault(link, { folder, anchors, http, reached, used }) {
  let url;
  try {
    url = new URL(link.address);
  } catch {
    return "write an address that can be read";
  }
  if (["https:", "mailto:", "tel:"].includes(url.protocol)) return undefined;
  if (url.protocol === "http:") {
    if (!http.has(url.host)) return "use https";
    used.add(url.host);
    return undefined;
  }
  if (url.protocol !== "file:") return `a link is no place for ${url.protocol}`;
  const target = pathIn(folder, link.address);
  if (target === undefined) return "it leads out of the folder: link what is published";
  const path = join(folder, target);
  if (!existsSync(path)) return "nothing is there: mend the address or write the file";
  if (statSync(path).isDirectory()) return "it leads to a folder, which has no page when opened from a disk: name index.html";
  reached.add(target);
  const anchor = decodeURIComponent(url.hash.slice(1));
  if (link.written === "#") return "it leads nowhere: name an anchor";
  if (!anchor || anchor === "top") return undefined;
  if (!anchors.has(target)) return "only pages have anchors";
  return anchors.get(target).has(anchor) ? undefined : `no element has the id ${anchor}`;
}

function checkLinks(folder, records, faults) {
  const anchors = new Map(records.map(({ path, survey }) => [path, new Set(survey.anchors)]));
  const http = httpHosts();
  const used = new Set();
  const next = new Map();
  for (const record of records) {
    const reached = new Set();
    next.set(record.path, reached);
    const links = [...record.survey.links, ...record.bare.links];
    const distinct = [...new Map(links.map((link) => [`${link.address} ${link.written}`, link])).values()];
    for (const link of distinct) {
      const advice = linkFault(link, { folder, anchors, http, reached, used });
      if (advice) faults.push({ page: record.path, rule: "link", element: `${link.written} ${link.element}`, advice });
    }
  }
  checkReached(next, faults);
  return { http, used };
}

function checkReached(next, faults) {
  if (!next.has("index.html")) {
    faults.push({ page: "index.html", rule: "orphan", element: "the folder", advice: "write an index.html that leads to every page" });
    return;
  }
  const found = new Set(["index.html"]);
  for (const page of found) for (const target of next.get(page) ?? []) found.add(target);
  for (const page of next.keys()) {
    if (!found.has(page)) faults.push({ page, rule: "orphan", element: "the page", advice: "no link leads here from index.html: add one" });
  }
}

function checkTitles(records, faults) {
  const titled = grouped(records.filter(({ survey }) => survey.title), ({ survey }) => survey.title);
  for (const [title, found] of titled) {
    for (const { path } of found.length > 1 ? found : []) {
      faults.push({ page: path, rule: "duplicate", element: `“${title}”`, advice: `${found.length} pages have this title: say what is its own` });
    }
  }
}

// -------------------------------------------------------------------- all pages

/** Pages of a kind look alike: those in one folder, the interactive ones, and the rest. */
function kindOf(folder, path) {
  if (draws(folder, path)) return "interactive";
  return path.includes("/") ? dirname(path) : "top";
}

/** Of each kind the first and the heaviest page, and all of the top folder, where no two look alike. */
function sampleOf(folder, kinds) {
  const sample = new Set();
  for (const [kind, paths] of kinds) {
    const heaviest = paths.reduce((one, other) => (sizeOf(folder, other) > sizeOf(folder, one) ? other : one));
    for (const path of kind === "top" ? paths : [paths[0], heaviest]) sample.add(path);
  }
  return sample;
}

const sizeOf = (folder, path) => (existsSync(join(folder, path)) ? statSync(join(folder, path)).size : 0);

const grouped = (items, key) => items.reduce((groups, item) => groups.set(key(item), [...(groups.get(key(item)) ?? []), item]), new Map());

async function checkFolder(folder, named) {
  const paths = pagesOf(folder);
  const kinds = grouped(paths, (path) => kindOf(folder, path));
  const sample = sampleOf(folder, kinds);
  const browser = await launch(named);
  const [scripted, bare] = await Promise.all([
    browser.newContext(settings()),
    browser.newContext(settings({ javaScriptEnabled: false })),
  ]);
  scripted.scripts = true;
  const records = [];
  const waiting = [...paths].sort((one, other) => sizeOf(folder, other) - sizeOf(folder, one));
  const worker = async () => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      records.push(await whole(scripted, bare, folder, path, sample.has(path)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await browser.close();
  records.sort((one, other) => paths.indexOf(one.path) - paths.indexOf(other.path));
  const faults = records.flatMap(({ path, faults }) => distinct(faults).map((fault) => ({ page: path, ...fault })));
  const hosts = checkLinks(folder, records, faults);
  checkTitles(records, faults);
  return { records, faults, kinds, sample, hosts };
}

/** A page with its scripts and without them; what cannot be checked at all is a fault too. */
async function whole(scripted, bare, folder, path, sampled) {
  const empty = { title: "", links: [], anchors: [], words: 0 };
  try {
    const record = await check(scripted, folder, path, sampled);
    record.bare = await checkWithoutScripts(bare, folder, path, record.survey.words);
    record.faults.push(...record.bare.faults);
    return record;
  } catch (error) {
    const faults = [{ rule: "broken", element: "the page", advice: `it could not be checked: ${error.message.split("\n")[0]}` }];
    return { path, faults, survey: empty, bare: empty, requested: new Set(), undecided: [] };
  }
}

const distinct = (faults) => [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()];

// -------------------------------------------------------------------- the report

const kilobytes = (bytes) => `${Math.round(bytes / 1000).toLocaleString("en-GB")} kB`;

function median(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function report(folder, { records, faults, kinds, sample, hosts }, seconds) {
  for (const { page, rule, element, advice } of faults) console.log(`${page}  ${rule}: ${element}: ${advice}`);
  if (faults.length) console.log("");
  const weights = new Map(
    records.map(({ path, requested }) => [path, [...new Set([...requested, path])].reduce((sum, file) => sum + sizeOf(folder, file), 0)]),
  );
  const rows = [...kinds].map(([kind, paths]) => {
    const own = paths.map((path) => weights.get(path));
    return [kind, paths.length, paths.filter((path) => sample.has(path)).length, kilobytes(median(own)), kilobytes(Math.max(...own))];
  });
  table([["kind of page", "pages", "sampled", "median weight", "heaviest"], ...rows]);
  console.log("");
  const rules = [...grouped(faults, ({ rule }) => rule)].map(([rule, found]) => [rule, found.length, new Set(found.map(({ page }) => page)).size]);
  if (rules.length) table([["rule", "faults", "pages"], ...rules, ["all", faults.length, new Set(faults.map(({ page }) => page)).size]]);
  const undecided = [...grouped(records.flatMap(({ undecided }) => undecided), (id) => id)];
  const left = undecided.map(([id, found]) => `${id} (${found.length} elements)`);
  const requests = records.reduce((sum, { requested }) => sum + requested.size, 0);
  console.log(`axe could not decide, look yourself: ${left.join(", ") || "nothing"}`);
  console.log(`http allowed to: ${[...hosts.http].sort().join(", ") || "no host"}; used: ${[...hosts.used].sort().join(", ") || "none"}`);
  console.log(`${records.length} pages, ${requests} requests to the folder, ${faults.length} faults, ${Math.round(seconds)} seconds`);
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  const cell = (value, column) => (column === 0 ? String(value).padEnd(widths[0]) : String(value).padStart(widths[column]));
  for (const row of rows) console.log(row.map(cell).join("  "));
}

// -------------------------------------------------------------------- the check of the check

/** Each page of faulty/ says in <meta name="breaks"> which rules it breaks (*2: twice): those, and no others, must be found. */
async function selfTest(named) {
  const folder = join(HERE, "faulty");
  const { faults, records } = await checkFolder(folder, named);
  let failed = 0;
  for (const { path } of records) {
    const said = /<meta name="breaks" content="([^"]*)">/.exec(readFileSync(join(folder, path), "utf8"));
    const expected = said[1].split(" ").filter(Boolean).sort().join(" ");
    const rules = grouped(faults.filter(({ page }) => page === path), ({ rule }) => rule);
    const found = [...rules].map(([rule, { length }]) => (length > 1 ? `${rule}*${length}` : rule)).sort().join(" ");
    if (found === expected) continue;
    failed += 1;
    console.log(`${path}: expected “${expected}”, found “${found}”`);
    for (const { page, rule, element, advice } of faults) if (page === path) console.log(`  ${rule}: ${element}: ${advice}`);
  }
  const broken = [...new Set(faults.map(({ rule }) => rule))].sort();
  const words = failed ? `${failed} pages not as expected` : "all found, and nothing else";
  console.log(`${records.length} made pages, ${faults.length} deliberate faults of ${broken.length} rules (${broken.join(", ")}): ${words}`);
  return failed === 0;
}

async function main() {
  const began = performance.now();
  const { folder, chromium, ...flags } = commandLine(process.argv.slice(2));
  if (flags["self-test"]) return selfTest(chromium);
  if (!folder || !existsSync(folder)) throw new Error("usage: node check.mjs FOLDER [--chromium PATH] | --self-test");
  const result = await checkFolder(folder, chromium);
  if (result.records.length === 0) throw new Error(`no .html under ${folder}: build the site first`);
  report(folder, result, (performance.now() - began) / 1000);
  return result.faults.length === 0;
}

process.exitCode = (await main()) ? 0 : 1;
