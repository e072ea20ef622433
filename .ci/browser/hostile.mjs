// Opens every page of a site made of hostile text, points and clicks at all that it holds, and sees whether anything runs.
//
//   python -m attacks.content --site FOLDER   makes such a site: every text of the tables carries markup, every address
//   node hostile.mjs FOLDER                   is a script; a script that ran would set window.pwned
//
// Exit 1 where a script runs, a dialog or window opens, or something is asked for from outside the folder.

import { addressOf, commandLine, launch, pagesOf, pathIn, settings } from "./browser.mjs";

const PATIENCE = 60_000;
const MARKS = 40;

const { folder, chromium } = commandLine(process.argv.slice(2));
if (!folder) throw new Error("usage: node hostile.mjs FOLDER [--chromium PATH]");
const browser = await launch(chromium);
const context = await browser.newContext(settings());
const faults = [];
const tally = { pages: 0, links: 0, marks: 0, refused: 0 };
for (const path of pagesOf(folder)) {
  const page = await context.newPage();
  const note = (what) => faults.push(`${path}: ${what}`);
  page.on("dialog", async (dialog) => {
    note(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on("popup", (popup) => note(`window: ${popup.url()}`));
  page.on("request", (request) => {
    const address = request.url();
    const inside = address.startsWith("file:") ? pathIn(folder, address) !== undefined : /^(data|blob|about):/.test(address);
    if (!inside) note(`request: ${address.slice(0, 120)}`);
  });
  page.on("console", (message) => {
    if (/Content.Security.Policy/i.test(message.text())) tally.refused += 1;
  });
  await page.goto(addressOf(folder, path), { waitUntil: "load", timeout: PATIENCE });
  if (path.endsWith("_interactive.html")) {
    await page.waitForSelector(".vega-embed svg", { timeout: PATIENCE }).catch(() => note("no chart is drawn"));
  }
  tally.links += await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
    const links = [...document.querySelectorAll("a")].filter((link) => link.href.startsWith("javascript:"));
    for (const link of links) link.click();
    return links.length;
  });
  tally.marks += await pointed(page);
  const ran = await page.evaluate(() => window.pwned !== undefined);
  if (ran) note("a script of the tables ran");
  if (addressOf(folder, path) !== page.url().split("#")[0]) note(`it went to ${page.url().slice(0, 120)}`);
  tally.pages += 1;
  await page.close();
}
await browser.close();
for (const fault of faults) console.log(fault);
console.log(
  `${tally.pages} pages, ${tally.links} script links clicked, ${tally.marks} marks pointed at and clicked, ` +
    `${tally.refused} refusals by the policy, ${faults.length} faults`,
);
process.exitCode = faults.length || !tally.pages ? 1 : 0;

/** Point at some marks of an interactive chart and click them: each shows its text, and each is a link. */
async function pointed(page) {
  const places = await page.evaluate((most) => {
    const marks = [...document.querySelectorAll(".vega-embed svg .mark-symbol path, .vega-embed svg .mark-rect path")];
    const step = Math.max(1, Math.floor(marks.length / most));
    return marks
      .filter((_, at) => at % step === 0)
      .slice(0, most)
      .map((mark) => mark.getBoundingClientRect())
      .map((box) => ({ x: box.left + box.width / 2 + scrollX, y: box.top + box.height / 2 + scrollY }));
  }, MARKS);
  for (const { x, y } of places) {
    const top = await page.evaluate((y) => {
      scrollTo({ left: 0, top: y - innerHeight / 2, behavior: "instant" });
      return y - scrollY;
    }, y);
    await page.mouse.move(x, top);
    await page.mouse.click(x, top);
  }
  return places.length;
}
