// The newcomer's way, by clicking only: the first page, a weakness, an area that it was found in, the report.
//
//   node walk.mjs FOLDER [--chromium PATH]    prints each step's title and address; exit 1 where a step fails
//
// The report is at the publisher, so its link is read, not opened: there is no network.

import { addressOf, commandLine, launch, pathIn, settings } from "./browser.mjs";

const START = "index.html";
const STEPS = [
  { what: "a weakness", link: "Missing children", leadsTo: /^themes\// },
  { what: "an area", link: "Rotherham", leadsTo: /^areas\// },
];
const REPORT = { link: "report at the publisher", host: "reports.ofsted.gov.uk" };
const PATIENCE = 15_000;

const say = async (page, folder, what) => console.log(`${what}: ${await page.title()}\n  ${pathIn(folder, page.url())}`);

/** The first link of that name that can be seen, of those that lead where they should. */
async function linkTo(page, words, leadsTo) {
  for (const link of await page.locator("main").getByRole("link", { name: words }).all()) {
    const address = await link.evaluate((element) => element.href);
    if ((await link.isVisible()) && leadsTo(address)) return { link, address };
  }
  throw new Error(`no visible link “${words}” that leads there on ${await page.title()}`);
}

async function follow(page, folder, { what, link: words, leadsTo }) {
  const leads = (address) => address.startsWith("file:") && leadsTo.test(pathIn(folder, address) ?? "");
  const { link } = await linkTo(page, words, leads);
  await Promise.all([page.waitForEvent("load", { timeout: PATIENCE }), link.click()]);
  if (!leads(page.url())) throw new Error(`“${words}” led to ${page.url()}`);
  await say(page, folder, what);
}

async function walk(folder, named) {
  const browser = await launch(named);
  try {
    const page = await (await browser.newContext(settings())).newPage();
    page.setDefaultTimeout(PATIENCE);
    await page.goto(addressOf(folder, START));
    await say(page, folder, "the start");
    for (const step of STEPS) await follow(page, folder, step);
    const { address } = await linkTo(page, REPORT.link, (address) => {
      const { protocol, host } = new URL(address);
      return protocol === "https:" && host === REPORT.host;
    });
    console.log(`the report: ${REPORT.link}\n  ${address}`);
  } finally {
    await browser.close();
  }
}

const { folder, chromium } = commandLine(process.argv.slice(2));
try {
  if (!folder) throw new Error("usage: node walk.mjs FOLDER [--chromium PATH]");
  await walk(folder, chromium);
} catch (error) {
  console.log(`walk: ${error.message.split("\n")[0]}`);
  process.exitCode = 1;
}
