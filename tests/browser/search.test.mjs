// Searching on the storefront: what a sentence is understood as, corrections, pages that find nothing, and suggestions
// below the search field, by keyboard, by mouse and by touch.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { audit, DESKTOP, launch, PHONE, scenes, sticksOut, visit } from "./browser.mjs";
import { Shop } from "./shop.mjs";

let shop, browser;
const scene = scenes(() => ({ shop, browser }));
before(async () => {
  [shop, browser] = await Promise.all([Shop.start(process.env.KONTOR_BUILD ?? "build/release"), launch()]);
  await shop.restart();  // words and suggestions are learned after the start
  for (const until = Date.now() + 20_000; Date.now() < until; ) {
    const { brands } = await (await fetch(`${shop.url}/api/v1/search/suggest?q=hald`)).json();
    if (brands.length > 0) return;
  }
  throw new Error("nothing is suggested");
});
after(async () => {
  await browser?.close();
  await shop?.stop();
});

const prices = async (page) => (await page.locator(".cards .price > span").allInnerTexts()).map((text) => Number(text.slice(1)));
const chips = async (page) => (await page.locator(".chips a:not(.all)").allInnerTexts()).map((text) => text.replace("Take away:", "").trim());
const asked = (page) => new URL(page.url()).searchParams;

for (const scripts of [true, false]) {
  scene(`parts of a sentence are filters that can be taken away, ${scripts ? "with" : "without"} scripts`, { scripts }, async (page) => {
    await page.goto("/");
    await page.fill("#q", "mug under $80 at least 4 stars");
    await page.press("#q", "Enter");
    await page.waitForURL("**/search?**");
    assert.deepEqual(await chips(page), ["up to $80.00", "4 stars and up"]);
    const both = await prices(page);
    assert.ok(both.length > 0 && both.every((price) => price <= 80), String(both));
    if (scripts) assert.deepEqual(await audit(page), []);
    assert.equal(await page.getAttribute(".ticks a:has-text('4 stars and up')", "aria-current"), "true");
    await page.click(".chips a:has-text('4 stars')");
    await page.waitForURL((url) => url.searchParams.get("q") === "mug under $80");
    assert.deepEqual(await chips(page), ["up to $80.00"]);
    assert.ok((await prices(page)).length >= both.length);
    // A price of the panel takes the place of the one in the sentence.
    assert.equal(await page.inputValue("#price-max"), "80.00");
    await page.fill("#price-max", "120.00");
    await page.click(".prices button");
    await page.waitForURL("**max=120.00**");
    assert.equal(asked(page).get("q"), "mug");
    assert.deepEqual(await chips(page), ["up to $120.00"]);
    await page.goBack();
    await page.click(".chips a:has-text('Clear all')");
    await page.waitForURL("**/search?q=mug");
    assert.equal((await prices(page)).length, 6);
  });
}

scene("a sentence can be searched for as it is written", {}, async (page) => {
  await page.goto("/search?q=mug+under+%2480");
  await page.click(".chips a:has-text('Search for exactly these words')");
  await page.waitForURL((url) => url.searchParams.get("plain") === "0");
  assert.equal(asked(page).get("q"), "mug under $80");
  assert.deepEqual(await chips(page), []);
  assert.match(await page.innerText("#results"), /Searched for exactly these words/);
  await page.click(".ticks a:has-text('In stock')");
  await page.waitForURL((url) => url.searchParams.get("in_stock") === "1" && url.searchParams.get("plain") === "0");
  await page.fill("#price-max", "500.00");
  await page.click(".prices button");
  await page.waitForURL((url) => url.searchParams.get("max") === "500.00" && url.searchParams.get("plain") === "0");
  await page.click("#results a:has-text('as filters again')");
  await page.waitForURL((url) => !url.searchParams.has("plain"));
});

for (const [theme, size] of [["light", DESKTOP], ["dark", PHONE]]) {
  scene(`a misspelt word is corrected, and can be searched for all the same, ${theme}`, { theme, size }, async (page) => {
    await page.goto("/search?q=ketle+halden");
    assert.match(await page.innerText(".taken"), /^Shown is what there is for “kettle halden”. Search instead for “ketle halden”.$/);
    assert.equal(await page.inputValue("#q"), "ketle halden");
    assert.ok((await page.locator(".cards mark").count()) > 0);
    assert.deepEqual(await audit(page), []);
    assert.equal(await sticksOut(page), "");
    await page.click(".taken a");
    await page.waitForURL((url) => url.searchParams.get("corrections") === "0");
    assert.doesNotMatch(await page.innerText("main"), /Shown is what there is for/);
    await page.goto("/search?q=kettle+zeppelin");
    assert.match(await page.innerText(".taken"), /^Nothing has all of these words. Shown is what comes close, without “zeppelin”.$/);
    assert.ok((await page.locator(".cards > li").count()) > 0);
  });
}

for (const [theme, size] of [["light", PHONE], ["dark", DESKTOP]]) {
  scene(`a page that finds nothing helps on, ${theme}`, { theme, size }, async (page) => {
    const look = async () => {
      assert.deepEqual(await audit(page), []);
      assert.equal(await sticksOut(page), "");
    };
    await page.goto("/search?q=xylqz");
    assert.match(await page.innerText(".empty"), /Nothing on this shelf matches/);
    assert.ok((await page.locator(".empty .below a[href^='/c/']").count()) >= 5);
    await look();
    await page.goto("/search?q=kettle+under+%242&brand=Halden");
    assert.deepEqual(await chips(page), ["up to $2.00", "Halden"]);
    await look();
    await page.click(".empty a:has-text('Take all filters away')");
    await page.waitForURL("**/search?q=kettle");
    assert.equal(await page.locator(".cards > li").count(), 6);
    await page.goto("/c/walls?q=kettle&corrections=0");
    await page.click(".empty a:has-text('“kettle”')");
    await page.waitForURL("**/search?q=kettle&corrections=0");
  });
}

const FOUND = {
  completions: [{ text: "desk lamp" }, { text: "desk lamp brass" }, { text: "oak désk" }],
  categories: [{ id: "cat_1", name: "Lighting", slug: "lighting" }],
  brands: [{ name: "Brook & Sons" }],
  products: [
    { id: "prd_1", slug: "orrin-desk-lamp", title: "Orrin desk lamp", image: "/media/lamp_brick.svg", price: { amount: 129900, currency: "USD" } },
    { id: "prd_2", slug: "fjell-desk-lamp", title: "<b>Fjell</b> desk lamp", price: { amount: 4500, currency: "USD" } },
  ],
};
// A page whose suggestions are FOUND for all that begins with "de", none for the rest, and whose questions are noted.
async function suggesting(page, path = "/") {
  page.questions = [];
  await page.route("**/api/v1/search/suggest?**", async (route) => {
    const query = new URL(route.request().url()).searchParams;
    page.questions.push(query.get("q"));
    if (query.get("q") === "trouble") return route.fulfill({ status: 429, body: "{}" });
    await route.fulfill({ json: query.get("q").startsWith("de") ? FOUND : { completions: [], products: [], categories: [], brands: [] } });
  });
  await page.goto(path);
}
const state = (page) => page.evaluate(() => {
  const field = document.querySelector("#q");
  const active = document.getElementById(field.getAttribute("aria-activedescendant") ?? "");
  return [field.getAttribute("aria-expanded"), active?.innerText.replace(/\s+/g, " ") ?? null, document.activeElement === field];
});

for (const [theme, size] of [["light", DESKTOP], ["dark", DESKTOP], ["light", PHONE], ["dark", PHONE]]) {
  scene(`suggestions by keyboard, ${theme}, ${size.width} px`, { theme, size }, async (page) => {
    await suggesting(page);
    const below = await page.locator("main").boundingBox();
    assert.equal(await page.getAttribute("#q", "role"), "combobox");
    await page.focus("#q");
    await page.keyboard.type("de");
    await page.waitForSelector("#hints:not([hidden])");
    assert.deepEqual(await state(page), ["true", null, true]);
    assert.deepEqual(await page.locator("main").boundingBox(), below);
    assert.equal(await page.locator("#hints [role=option]").count(), 7);
    assert.deepEqual(await page.locator("#hints .hint-words b").allInnerTexts(), ["sk", " ", "lamp", "sk", " ", "lamp", " ", "brass", "oak", " ", "sk"]);
    assert.match(await page.innerText("#hint-5"), /\$1,299\.00/);
    assert.match(await page.innerText("#hint-6"), /<b>Fjell<\/b> desk lamp/);
    assert.deepEqual(await audit(page), []);
    assert.equal(await sticksOut(page), "");
    await page.keyboard.press("ArrowUp");
    assert.match((await state(page))[1], /Fjell/);
    await page.keyboard.press("ArrowDown");
    assert.deepEqual(await state(page), ["true", null, true]);
    await page.keyboard.press("ArrowDown");
    assert.deepEqual(await state(page), ["true", "desk lamp", true]);
    assert.deepEqual(await audit(page), []);
    await page.keyboard.press("Escape");
    assert.deepEqual(await state(page), ["false", null, true]);
    assert.equal(await page.inputValue("#q"), "de");
    await page.keyboard.press("ArrowDown");
    assert.deepEqual(await state(page), ["true", null, true]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/search?q=desk+lamp+brass");
    for (const [steps, url] of [[4, "**/c/lighting"], [5, "**/search?brand=Brook+%26+Sons"], [6, "**/p/orrin-desk-lamp"]]) {
      await page.fill("#q", "de");
      await page.waitForSelector("#hints:not([hidden])");
      for (let step = 0; step < steps; ++step) await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.waitForURL(url);
    }
  });
}

scene("suggestions come and go with what is typed, and are in nobody's way", {}, async (page) => {
  await suggesting(page);
  const shown = () => page.isVisible("#hints");
  await page.focus("#q");
  await page.$eval("#q", (field) => {
    for (const words of ["d", "de", "des", "desk"]) {
      field.value = words;
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
  });
  await page.waitForSelector("#hints:not([hidden])");
  assert.deepEqual(page.questions, ["desk"]);  // one question for what is typed at once
  await page.keyboard.press("End");
  await page.keyboard.type("x");
  await page.keyboard.press("Backspace");  // known already
  assert.ok(await shown());
  await page.fill("#q", "nothing");
  await page.waitForSelector("#hints", { state: "hidden" });
  await page.fill("#q", "desk");
  assert.ok(await shown());
  assert.deepEqual(page.questions.filter((words) => words === "desk").length, 1);
  await page.fill("#q", "trouble");
  await page.waitForSelector("#hints", { state: "hidden" });
  await page.fill("#q", "desk");
  await page.mouse.click(640, 700);
  assert.equal(await shown(), false);
  await page.focus("#q");
  await page.keyboard.press("ArrowDown");
  assert.ok(await shown());
  await page.keyboard.press("Tab");
  assert.equal(await shown(), false);
  // Whoever is quicker than the suggestions searches for what is typed.
  await page.fill("#q", "kettle");
  await page.press("#q", "Enter");
  await page.waitForURL("**/search?q=kettle");
  assert.equal(await shown(), false);
});

scene("what the shop suggests, misspelt too", {}, async (page) => {
  await page.goto("/");
  await page.fill("#q", "hald");
  await page.click("#hints .hint-brands [role=option]");
  await page.waitForURL("**/search?brand=Halden");
  await page.fill("#q", "lighti");
  await page.click("#hints .hint-categories [role=option]");
  await page.waitForURL("**/c/lighting");
  await page.fill("#q", "stonewear mu");
  await page.waitForSelector("#hints .hint-products");
  assert.equal(await page.locator("#hints .hint-products [role=option]").count(), 5);
  assert.match(await page.innerText("#hint-0"), /stoneware mug\s+\$\d+\.\d\d/);
  await page.press("#q", "ArrowDown");
  await page.press("#q", "Enter");
  await page.waitForURL("**/p/*-stoneware-mug");
});

scene("suggestions by mouse", {}, async (page) => {
  await suggesting(page, "/search?q=kettle");
  await page.fill("#q", "de");
  await page.hover("#hint-1");
  assert.equal((await state(page))[1], "desk lamp brass");
  await page.click("#hint-1");
  await page.waitForURL("**/search?q=desk+lamp+brass");
  assert.equal(await page.inputValue("#q"), "desk lamp brass");
  await page.fill("#q", "de");
  await page.click("#hint-5");
  await page.waitForURL("**/p/orrin-desk-lamp");
});

scene("suggestions by touch", { size: PHONE }, async (page) => {
  await suggesting(page);
  await page.tap("#q");
  await page.keyboard.type("de");
  await page.waitForSelector("#hints:not([hidden])");
  const box = await page.locator("#hints").boundingBox();
  assert.deepEqual([box.x, box.width], [0, PHONE.width]);
  for (const option of await page.locator("#hints [role=option]").all()) assert.ok((await option.boundingBox()).height >= 44);
  await page.tap("#hint-3");
  await page.waitForURL("**/c/lighting");
});
