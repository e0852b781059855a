// Chromium as the tests use it: pages of one size and theme, the tests' pictures, and what every page must not do.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { picture } from "./products.mjs";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 800 };
export const launch = () => chromium.launch({ executablePath: process.env.CHROME_PATH ?? "/usr/bin/chromium", args: ["--no-sandbox"] });

// A visitor with an own cookie jar, who has said that they will not be counted unless `answered` is false. `page.trouble` collects what the browser complained about.
export async function visit(browser, url, { size = DESKTOP, theme = "light", scripts = true, pictures = true, answered = true, agent = undefined } = {}) {
  const context = await browser.newContext({
    baseURL: url, viewport: size, colorScheme: theme, javaScriptEnabled: scripts, reducedMotion: "reduce",
    hasTouch: size === PHONE, isMobile: size === PHONE, userAgent: agent,
  });
  if (answered) await context.addCookies([{ name: "consent", value: "no", url, sameSite: "Lax", httpOnly: true }]);
  if (pictures)
    await context.route("**/media/*", (route) => {
      const drawing = picture(route.request().url().match(/\/media\/(.*)\.svg$/)?.[1] ?? "");
      return drawing ? route.fulfill({ contentType: "image/svg+xml", body: drawing }) : route.continue();
    });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.trouble = [];
  page.on("pageerror", (error) => page.trouble.push(String(error)));
  page.on("console", (message) => {
    // A refused form is an answer with a 4xx, which Chromium reports as an error, too.
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) page.trouble.push(message.text());
  });
  return page;
}

// Makes `scene(name, options, body)`: a test whose page is thrown away afterwards, and in which nothing may have gone
// wrong inside it. `place` answers the browser and the shop.
export const scenes = (place) => (name, options, body) =>
  test(name, { timeout: 60_000 }, async () => {
    const page = await visit(place().browser, place().shop.url, options);
    try {
      await body(page);
      assert.deepEqual(page.trouble, []);
    } catch (error) {
      error.message += `\n  at ${page.url()}`;
      throw error;
    } finally {
      await page.context().close();
    }
  });

// Everything axe finds on the page, as one line each.
export async function audit(page) {
  const found = await page.evaluate(async (source) => {
    if (!window.axe) new Function(source + ";window.axe = axe")();
    const results = await window.axe.run(document, { resultTypes: ["violations"] });
    return results.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.impact} ${rule.id}: ${node.target.join(" ")} ${node.failureSummary ?? ""}`));
  }, axeSource);
  return found;
}

export const sticksOut = (page) => page.evaluate(() => {
  const width = document.documentElement.clientWidth;
  return document.documentElement.scrollWidth > width ? `scrolls to ${document.documentElement.scrollWidth} of ${width}` : "";
});
