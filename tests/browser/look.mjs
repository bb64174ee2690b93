// Opens reports in headless Chromium and looks at them as a reader would: no console error, no request to
// anywhere, every picture drawn (each phase of the timeline chosen in turn), nothing wider than the window,
// axe-core content, light and dark and print, 360 px to 1600 px. Keeps a screenshot of each.
//
//   node look.mjs ARTEFACTS REPORT.html…        exit status 1 if anything is wrong
import { readFileSync, mkdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createRequire } from "node:module";

const require = createRequire(join(process.env.EBRESCUE_BROWSER ?? ".", "node_modules", "x.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [artefacts, ...reports] = process.argv.slice(2);
mkdirSync(artefacts, { recursive: true });
const wrong = [];
let looks = 0;
let pictures = 0;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

// What is wrong with the pictures that are shown now; how many there are.
const drawn = () => [...document.querySelectorAll("svg")].filter((svg) => svg.checkVisibility()).map((svg) => {
  const box = svg.getBoundingClientRect();
  const faults = [];
  if (box.width < 100 || box.height < 20) faults.push("has no size");
  if (svg.querySelectorAll("path,line,rect").length === 0) faults.push("has no shapes");
  if (!svg.querySelector(":scope > title")?.textContent.trim()) faults.push("has no title");
  if (!svg.querySelector(":scope > desc")?.textContent.trim()) faults.push("has no description");
  if (svg.querySelectorAll("text").length === 0) faults.push("has no text that can be selected");
  const cut = [...svg.querySelectorAll("text")].find((text) => {
    const own = text.getBoundingClientRect();
    return own.right > box.right + 1 || own.left < box.left - 1;
  });
  if (cut) faults.push(`cuts off ${cut.textContent}`);
  return { title: svg.querySelector("title")?.textContent ?? "?", faults };
});

async function look(report, width, scheme, media) {
  const name = `${basename(report, ".html")}-${width}-${media === "print" ? "print" : scheme}`;
  const complain = (what) => wrong.push(`${name}: ${what}`);
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
  const page = await context.newPage();
  page.on("console", (message) => { if (message.type() === "error") complain(`console: ${message.text()}`); });
  page.on("pageerror", (error) => complain(`script: ${error.message}`));
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) complain(`asks the network for ${request.url()}`);
  });
  await page.emulateMedia({ media, colorScheme: scheme });
  await page.goto(pathToFileURL(resolve(report)).href);
  const seen = await page.evaluate(() => ({
    wider: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    language: document.documentElement.lang,
    headings: document.querySelectorAll("h1").length,
    zooms: document.querySelectorAll("input[name=zoom]").length,
  }));
  if (seen.wider > 0) complain(`${seen.wider} px wider than the window`);
  if (seen.headings !== 1) complain(`${seen.headings} main headings`);
  if (!seen.language) complain("no language");
  await page.screenshot({ path: join(artefacts, `${name}.png`), fullPage: true });
  let shown = 0;
  for (let zoom = 0; zoom < (media === "print" ? 1 : Math.max(seen.zooms, 1)); zoom += 1) {
    if (seen.zooms > 0 && media !== "print") await page.click(`label[for=zoom${zoom}]`);
    for (const picture of await page.evaluate(drawn)) {
      shown += 1;
      for (const fault of picture.faults) complain(`picture "${picture.title}" ${fault}`);
    }
  }
  if (shown === 0) complain("no picture");
  pictures += shown;
  if (media === "screen") {
    await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
    await page.evaluate(axe);
    const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    for (const violation of result.violations) {
      complain(`axe ${violation.id}: ${violation.help} (${violation.nodes.length}×, ${violation.nodes[0].target})`);
    }
  }
  looks += 1;
  await context.close();
}

for (const report of reports) {
  for (const width of [360, 768, 1200, 1600]) await look(report, width, "light", "screen");
  await look(report, 1200, "dark", "screen");
  await look(report, 794, "light", "print");
}
await browser.close();
for (const line of wrong) console.log(line);
console.log(`browser: ${reports.length} reports, ${looks} looks, ${pictures} pictures, ${wrong.length} complaints`);
process.exit(wrong.length > 0 || looks === 0 ? 1 : 0);
