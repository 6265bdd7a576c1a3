// Opens pages in Chromium as a person does and prints what is wrong with them as JSON:
// node look.mjs CHROMIUM URL TOKEN PATH... Run it where node_modules holds playwright-core and axe-core.
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "package.json"));
const { chromium } = require("playwright-core");
const axe = require("axe-core");
const [executable, url, token, ...paths] = process.argv.slice(2);
const widths = [360, 1280];
const schemes = ["light", "dark"];
const findings = [];
let looked = 0;

async function look(page, name) {
  for (const width of widths) {
    for (const colorScheme of schemes) {
      const where = `${name}, ${width} pixels, ${colorScheme}`;
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (overflow > 0) findings.push(`${where}: ${overflow} pixels too wide`);
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => window.axe.run(document, { reporter: "v2" }));
      for (const one of violations) findings.push(`${where}: ${one.id}: ${one.nodes[0].html}`);
      looked += 1;
    }
  }
}

const browser = await chromium.launch({ executablePath: executable, args: ["--no-sandbox"] });
try {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && !/status of 40[14]/.test(message.text()) && findings.push(message.text()));
  await page.goto(url);
  await look(page, "sign in");
  await page.getByLabel("Token").fill("sgd_wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await look(page, "wrong token");
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Segments" }).waitFor();
  await look(page, "overview");
  for (const path of paths) {
    await page.goto(url + path);
    await look(page, path);
  }
  await page.goto(url);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Token").waitFor();
} finally {
  await browser.close();
}
console.log(JSON.stringify({ looked, findings }));
