// A visitor's choice of currency and of how numbers are written: by the form at the foot of the pages, with and without
// scripts, on phone and desktop. A shop of its own, since the form is on every page once there are rates.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { audit, DESKTOP, launch, PHONE, sticksOut, visit } from "./browser.mjs";
import { fill, pay, placed, put_in_cart, to_checkout } from "./buyer.mjs";
import { Shop } from "./shop.mjs";

let shop, browser;
before(async () => {
  const start = Shop.start(process.env.KONTOR_BUILD ?? "build/release", { settings: { KONTOR_LOCALES: "de-DE fr-FR" } });
  [shop, browser] = await Promise.all([start, launch()]);
  await shop.admin("PUT", "/admin/currency-rates", {
    base: "USD", as_of: "2026-11-01T12:00:00Z",
    rates: [{ currency: "EUR", rate: "0.5" }, { currency: "JPY", rate: "100" }, { currency: "KWD", rate: "0.3" }],
  });
});
after(async () => {
  await browser?.close();
  await shop?.stop();
});

const prices = (page) => page.locator(".cards .price > span").allInnerTexts();
async function choose(page, name, value) {
  const address = page.url();
  await page.selectOption(`.dress [name=${name}]`, value);
  await page.click(".dress button");
  await page.waitForLoadState();
  assert.equal(page.url(), address);
  assert.equal(await page.inputValue(`.dress [name=${name}]`), value);
}

for (const [where, size] of [["desktop", DESKTOP], ["phone", PHONE]]) {
  for (const scripts of [true, false]) {
    test(`prices in another currency on a ${where} ${scripts ? "with" : "without"} scripts`, { timeout: 60_000 }, async () => {
      const page = await visit(browser, shop.url, { size, scripts });
      await page.goto("/search?q=mug");
      const dollars = await prices(page);
      assert.ok(dollars.length > 0 && dollars.every((price) => price.startsWith("$")));
      await choose(page, "currency", "EUR");
      const euros = await prices(page);
      assert.deepEqual(euros.map((price) => price[0]), dollars.map(() => "€"));
      assert.match(await page.innerText(".converted"), /Prices in EUR are converted from USD at the rate of November 1, 2026/);
      if (scripts) assert.deepEqual(await audit(page), []);
      assert.equal(await sticksOut(page), "");
      await page.click(".cards a >> nth=0");
      await page.waitForURL("**/p/**");
      assert.match(await page.innerText("[data-price]"), /^€/);
      assert.equal(await page.locator(".converted").count(), 1);
      await choose(page, "locale", "de-DE");
      assert.match(await page.innerText("[data-price]"), /^\d+,\d\d\s€/);
      await page.goto("/");
      assert.ok((await prices(page)).every((price) => /^[\d.]+,\d\d\s€$/.test(price)));
      await choose(page, "locale", "en-US");
      await choose(page, "currency", "USD");
      assert.ok((await prices(page)).every((price) => price.startsWith("$")));
      assert.equal(await page.locator(".converted").count(), 0);
      assert.deepEqual((await page.context().cookies()).filter((cookie) => cookie.name === "dress"), []);
      assert.deepEqual(page.trouble, []);
      await page.context().close();
    });
  }
}

test("a filter of prices means the same in the other currency", { timeout: 60_000 }, async () => {
  const page = await visit(browser, shop.url);
  await page.goto("/search?max=40.00");
  const found = await page.locator(".cards > li").count();
  await page.selectOption(".dress [name=currency]", "EUR");
  await page.click(".dress button");
  await page.waitForURL("**/search?max=20.00");
  assert.equal(await page.locator(".cards > li").count(), found);
  assert.match(await page.innerText(".chips"), /up to €20\.00/);
  await page.context().close();
});

test("variants follow the choice of options in the other currency, and it is what is paid", { timeout: 60_000 }, async () => {
  const page = await visit(browser, shop.url);
  await page.goto("/p/orrin-linen-shirt");
  await choose(page, "currency", "JPY");
  await page.locator('input[value="M"]').check({ force: true });
  const price = await page.innerText("[data-price]");
  assert.match(price, /^¥[\d,]+/);
  await page.locator('input[value="XL"]').check({ force: true });
  assert.match(await page.innerText("[data-price]"), /^¥[\d,]+/);
  assert.notEqual(await page.innerText("[data-price]"), price);
  await put_in_cart(page, "fjell-stoneware-mug");
  assert.match(await page.innerText(".totals"), /Total\s+¥[\d,]+/);
  assert.equal(await page.inputValue(".dress [name=currency]"), "JPY");
  assert.deepEqual(await audit(page), []);
  assert.equal(await sticksOut(page), "");
  await to_checkout(page);
  assert.match(await page.innerText("main"), /Total\s+¥[\d,]+/);
  await fill(page);
  await pay(page);
  await placed(page);
  await page.goto("/orders");
  assert.match(await page.innerText("main"), /¥[\d,]+/);
  await page.click("main a[href^='/orders/ord_']");
  await page.waitForURL("**/orders/ord_*");
  assert.match(await page.innerText("main"), /Total\s+¥[\d,]+/);
  await page.context().close();
});

test("pages of a choice are nobody else's", async () => {
  const get = (path, cookie) => fetch(shop.url + path, { headers: cookie ? { Cookie: cookie } : {} });
  for (const path of ["/", "/c/home", "/search?q=mug", "/p/orrin-stoneware-mug"]) {
    const own = await get(path), chosen = await get(path, "dress=EUR.de-DE");
    assert.equal(own.headers.get("cache-control"), "public, max-age=300, stale-while-revalidate=86400", path);
    assert.equal(chosen.headers.get("cache-control"), "private, max-age=60", path);
    for (const answer of [own, chosen]) assert.match(answer.headers.get("vary"), /Cookie/, path);
    assert.notEqual(own.headers.get("etag"), chosen.headers.get("etag"), path);
  }
});
