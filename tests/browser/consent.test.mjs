// Whether visitors may be counted: the question at the foot of the window, with and without scripts, by mouse and
// keyboard, and what is counted once they agreed.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { audit, DESKTOP, launch, PHONE, scenes, sticksOut } from "./browser.mjs";
import { Shop } from "./shop.mjs";

// Chromium without a window calls itself a bot.
const AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
let shop, browser;
const scene = scenes(() => ({ shop, browser }));
before(async () => {
  [shop, browser] = await Promise.all([Shop.start(process.env.KONTOR_BUILD ?? "build/release"), launch()]);
});
after(async () => {
  await browser?.close();
  await shop?.stop();
});

const bar = (page) => page.locator("[data-consent]");
const consent = async (page) => (await page.context().cookies()).find((cookie) => cookie.name === "consent")?.value;
// How far things have moved by themselves since the page began to load.
const moved = (page) => page.evaluate(() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => (sum += entry.value))).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 300);
}));
async function eventually(check) {
  for (let i = 0; i < 60; ++i) {
    if (await check()) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  assert.fail("it does not come to be");
}
const totals = async () => (await shop.admin("GET", "/admin/reports/searches")).totals;

for (const [where, size] of [["desktop", DESKTOP], ["phone", PHONE]]) {
  for (const scripts of [true, false]) {
    scene(`the question on a ${where} ${scripts ? "with" : "without"} scripts`, { size, scripts, answered: false }, async (page) => {
      await page.goto("/search?q=kettle");
      await bar(page).waitFor({ state: "visible" });
      assert.equal(await sticksOut(page), "");
      const { y, height } = await bar(page).boundingBox();
      assert.ok(Math.abs(y + height - size.height) < 2 && height < size.height / 3, `${y} ${height}`);
      // The foot of the page can be read above it.
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
      const foot = await page.locator(".foot a >> nth=-1").boundingBox();
      assert.ok(foot.y + foot.height <= y + 1, `${foot.y + foot.height} ${y}`);
      await page.click("[data-consent] button:has-text('Only what is needed')");
      await bar(page).waitFor({ state: "hidden" });
      assert.match(page.url(), /\/search\?q=kettle$/);
      await eventually(async () => (await consent(page)) === "no");
      await page.goto("/");
      await page.waitForLoadState("networkidle");
      assert.ok(await bar(page).isHidden());
      // It can be said otherwise.
      await page.click(".foot a[href='/consent']");
      await page.waitForURL("**/consent");
      assert.match(await page.innerText("main"), /only what is needed: you are not counted/);
      assert.equal(await bar(page).count(), 0);
      await page.click("main button:has-text('Allow counting')");
      await page.waitForURL("**/consent");
      await eventually(async () => /You allowed it/.test(await page.innerText("main")));
      assert.equal(await consent(page), "yes");
    });
  }
  for (const theme of ["light", "dark"]) {
    scene(`the question is accessible and moves nothing, ${where}, ${theme}`, { size, theme, answered: false }, async (page) => {
      for (const path of ["/", "/p/orrin-stoneware-mug", "/cart"]) {
        await page.goto(path);
        await bar(page).waitFor({ state: "visible" });
        assert.ok((await moved(page)) < 0.01);
        assert.deepEqual(await audit(page), []);
      }
      await page.goto("/consent");
      assert.deepEqual(await audit(page), []);
      assert.equal(await sticksOut(page), "");
    });
  }
}

scene("the question by keyboard", { answered: false }, async (page) => {
  await page.goto("/p/orrin-stoneware-mug");
  await bar(page).waitFor({ state: "visible" });
  const here = () => page.evaluate(() => document.activeElement.textContent.trim());
  const seen = [];
  for (let i = 0; i < 4; ++i) {
    await page.keyboard.press("Tab");
    seen.push(await here());
  }
  assert.deepEqual(seen, ["Skip to content", "What is counted", "Only what is needed", "Allow counting"]);
  await page.keyboard.press("Enter");
  await bar(page).waitFor({ state: "hidden" });
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  await eventually(async () => (await consent(page)) === "yes");
  // What has the focus is never behind the question.
  await page.context().clearCookies({ name: "consent" });
  await page.reload();
  await bar(page).waitFor({ state: "visible" });
  const top = (await bar(page).boundingBox()).y;
  for (let i = 0; i < 60; ++i) {
    await page.keyboard.press("Tab");
    const hidden = await page.evaluate((edge) => {
      const active = document.activeElement;
      const box = active.getBoundingClientRect();
      return active !== document.body && !active.closest("[data-consent], .thumbs, .views") && box.top >= edge;
    }, top);
    assert.ok(!hidden, await here());
  }
});

scene("buying goes on before anything is answered", { size: PHONE, answered: false }, async (page) => {
  await page.goto("/p/orrin-stoneware-mug");
  await bar(page).waitFor({ state: "visible" });
  await page.click("form.buy button");
  await page.click("dialog.note a[href='/cart']");
  await page.waitForURL("**/cart");
  await page.click("a[href='/checkout']");
  await page.waitForURL("**/checkout");
});

scene("what is looked at, chosen and put into the cart is counted for who agreed, once", { answered: false, agent: AGENT }, async (page) => {
  const told = [];
  page.on("request", (request) => request.url().endsWith("/api/v1/events") && told.push(...JSON.parse(request.postData()).events));
  const before = await totals();
  await page.goto("/search?q=kettle");
  await bar(page).waitFor({ state: "visible" });
  await page.click(".cards a >> nth=1");
  await page.waitForURL("**/p/**");
  await bar(page).waitFor({ state: "visible" });
  assert.deepEqual(told, []);
  await page.click("[data-consent] button:has-text('Allow counting')");
  await bar(page).waitFor({ state: "hidden" });
  await eventually(async () => told.length === 1);
  assert.equal(told[0].type, "view");
  await page.goto("/search?q=kettle");
  await eventually(async () => told.length === 2);
  const third = await page.locator(".cards > li >> nth=2").getAttribute("data-product");
  await page.click(".cards a >> nth=2");
  await page.waitForURL("**/p/**");
  await eventually(async () => told.length === 4);
  assert.deepEqual(told.slice(1), [
    { type: "listing" }, { type: "click", product_id: third, query: "kettle", position: 3 }, { type: "view", product_id: third },
  ]);
  await page.click("form.buy button");
  await page.waitForSelector("dialog.note[open]");
  await eventually(async () => {
    const now = await totals();
    return ["views", "listings", "clicks", "carts", "searches"].every((what) => now[what] - before[what] === { views: 2, listings: 1, clicks: 1, carts: 1, searches: 2 }[what]);
  });
  const { items } = await shop.admin("GET", "/admin/reports/products?sort=clicks");
  assert.deepEqual([items[0].product_id, items[0].clicks, items[0].views, items[0].carts], [third, 1, 1, 1]);
  const { most_searched: searched } = await shop.admin("GET", "/admin/reports/searches");
  assert.deepEqual([searched[0].query, searched[0].clicks, searched[0].mean_position], ["kettle", 1, 3]);
});

scene("who refuses, by the form or by the browser, is asked and counted no more", { answered: false, agent: AGENT }, async (page) => {
  const told = [];
  page.on("request", (request) => request.url().endsWith("/api/v1/events") && told.push(request.postData()));
  await page.context().setExtraHTTPHeaders({ "Sec-GPC": "1" });
  await page.goto("/search?q=kettle");
  await page.waitForLoadState("networkidle");
  assert.ok(await bar(page).isHidden());
  await page.click(".cards a >> nth=0");
  await page.waitForURL("**/p/**");
  await page.goto("/consent");
  assert.match(await page.innerText("main"), /Your browser asks every shop/);
  await page.context().setExtraHTTPHeaders({});
  await page.click("main button:has-text('Only what is needed')");
  await page.waitForURL("**/consent");
  await page.goto("/search?q=kettle");
  await page.click(".cards a >> nth=0");
  await page.waitForURL("**/p/**");
  await page.waitForLoadState("networkidle");
  assert.deepEqual(told, []);
});
