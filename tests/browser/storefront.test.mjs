// The storefront in a real browser: buying with and without scripts, on phone and desktop, by keyboard, twice at once,
// with mistakes; and that every page is accessible, in both themes, and fits a narrow phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { audit, DESKTOP, launch, PHONE, scenes, sticksOut, visit } from "./browser.mjs";
import { ADDRESS, fill, pay, placed, put_in_cart, to_checkout } from "./buyer.mjs";
import { Shop } from "./shop.mjs";

let shop, browser;
const scene = scenes(() => ({ shop, browser }));
before(async () => {
  [shop, browser] = await Promise.all([Shop.start(process.env.KONTOR_BUILD ?? "build/release"), launch()]);
});
after(async () => {
  await browser?.close();
  await shop?.stop();
});

for (const [where, size] of [["desktop", DESKTOP], ["phone", PHONE]]) {
  for (const scripts of [true, false]) {
    scene(`a whole purchase on a ${where} ${scripts ? "with" : "without"} scripts`, { size, scripts }, async (page) => {
      await page.goto("/");
      await page.click(".front a >> nth=1");
      await page.waitForURL("**/c/**");
      await page.fill("#q", "kettle");
      await page.press("#q", "Enter");
      await page.waitForURL("**/search?q=kettle");
      assert.equal(await page.locator(".cards > li").count(), 6);
      await page.click(".cards a:has-text('Orrin kettle')");
      const title = await page.innerText("h1");
      await page.fill("#quantity", "2");
      await page.click("form.buy button");
      if (scripts) {
        assert.match(await page.innerText("dialog.note"), /2 pieces/);
        assert.equal(await page.innerText("[data-cart-count]"), "2");
        await page.click("dialog.note a[href='/cart']");
      }
      await page.waitForURL("**/cart");
      assert.match(await page.innerText(".lines"), new RegExp(title));
      await page.fill(".line input.count", "3");
      await page.click(".change button:has-text('Update')");
      await page.waitForURL("**/cart");
      assert.equal(await page.inputValue(".line input.count"), "3");
      await page.click("a[href='/checkout']");
      await fill(page);
      await pay(page);
      const number = await placed(page);
      await page.goto("/cart");
      assert.match(await page.innerText("main"), /Nothing is in it yet/);
      await page.goto("/orders");
      assert.match(await page.innerText(".orders"), new RegExp(number));
      await page.goto("/orders/lookup");
      await page.fill("#number", number.toLowerCase());
      await page.fill("#email", ADDRESS.email);
      await page.click("main form button");
      assert.match(await page.innerText("h1"), new RegExp(number));
    });
  }
}

for (const scripts of [true, false]) {
  scene(`a coupon is put on the cart, taken off, and refused with its reason, ${scripts ? "with" : "without"} scripts`, { scripts }, async (page) => {
    const promotion = await shop.admin("POST", "/admin/promotions", {
      name: "Autumn", label: "A tenth for autumn", type: "percentage", parameters: { basis_points: 1000 }, needs_coupon: true,
    });
    const code = `AUTUMN-${scripts ? "A" : "B"}`;
    await shop.admin("POST", `/admin/promotions/${promotion.id}/coupons`, { codes: [code] });
    await put_in_cart(page, "fjell-stoneware-mug", scripts);
    await page.goto("/cart");
    const apply = async (text) => {
      await page.fill("#coupon", text);
      await page.click(".coupons button:has-text('Apply')");
    };
    await apply(code.toLowerCase());
    await page.waitForURL("**/cart");
    assert.match(await page.innerText(".totals"), /A tenth for autumn/);
    assert.match(await page.innerText(".coupons"), new RegExp(code));
    if (scripts) assert.deepEqual(await audit(page), []);
    await apply("NOTHING-1");
    assert.match(await page.innerText("[role=alert]"), /NOTHING-1 is not known/);
    await page.goto("/checkout");
    assert.match(await page.innerText(".order"), /A tenth for autumn/);
    await page.goto("/cart");
    await page.click(".coupon button:has-text('Remove')");
    await page.waitForURL("**/cart");
    assert.doesNotMatch(await page.innerText(".totals"), /A tenth for autumn/);
  });
}

scene("a purchase by keyboard alone", {}, async (page) => {
  const tab_to = async (selector) => {
    for (let i = 0; i < 120; ++i) {
      await page.keyboard.press("Tab");
      if (await page.evaluate((s) => document.activeElement?.matches(s) ?? false, selector)) return;
    }
    assert.fail(`the keyboard does not reach ${selector}`);
  };
  await page.goto("/p/orrin-stoneware-mug");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  await tab_to("form.buy button");
  await page.keyboard.press("Enter");
  await page.waitForSelector("dialog.note[open]");
  await tab_to("dialog.note a");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/cart");
  await tab_to("a[href='/checkout']");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/checkout");
  for (const [name, value] of Object.entries(ADDRESS)) {
    await tab_to(`#${name}`);
    await page.keyboard.type(name === "country" ? "United States" : value);
  }
  await tab_to("input[name=token]");
  await tab_to(".pay button");
  await page.keyboard.press("Enter");
  await placed(page);
});

scene("variants: price, stock and what goes together follow the choice", {}, async (page) => {
  await page.goto("/p/orrin-linen-shirt");
  const pick = (value) => page.locator(`input[value="${value}"]`).check({ force: true });
  await pick("M");
  const price = await page.innerText("[data-price]");
  await pick("XL");
  assert.notEqual(await page.innerText("[data-price]"), price);
  await pick("sea");
  assert.match(await page.innerText("[data-stock]"), /Not made/);
  assert.equal(await page.isDisabled("form.buy button"), true);
  await pick("S");
  assert.match(await page.innerText("form.buy button"), /Out of stock/);
  await pick("L");
  await page.click("form.buy button");
  await page.click("dialog.note a[href='/cart']");
  assert.match(await page.innerText(".line"), /sea, L/);
});

scene("a variant that is not made is said in the cart, without scripts", { scripts: false }, async (page) => {
  await page.goto("/p/orrin-linen-shirt");
  await page.locator('input[value="XL"]').check({ force: true });
  await page.locator('input[value="sea"]').check({ force: true });
  await page.click("form.buy button");
  assert.match(await page.innerText("[role=alert]"), /does not come in sea, XL/);
});

for (const scripts of [true, false]) {
  scene(`mistakes are said beside their fields and nothing typed is lost, ${scripts ? "with" : "without"} scripts`, { scripts }, async (page) => {
    await put_in_cart(page, "fjell-stoneware-mug", scripts);
    await to_checkout(page);
    await fill(page, { ...ADDRESS, email: "not an address", postal_code: "", line2: "<b>2nd & top</b>" });
    await page.locator("input[value=tok_slow]").check();
    await pay(page);
    await page.waitForSelector("[role=alert]");
    for (const [field, words] of [["email", /name@example.com/], ["postal_code", /postal code/i]]) {
      assert.equal(await page.getAttribute(`#${field}`, "aria-invalid"), "true");
      const described = (await page.getAttribute(`#${field}`, "aria-describedby")).split(" ");
      assert.match(await page.innerText(`#${described.at(-1)}`), words);
    }
    assert.equal(await page.inputValue("#email"), "not an address");
    assert.equal(await page.inputValue("#line2"), "<b>2nd & top</b>");
    assert.equal(await page.inputValue("#country"), "US");
    assert.equal(await page.isChecked("input[value=tok_slow]"), true);
    if (scripts) assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "alert");
    await page.click("[role=alert] a[href='#postal_code']");
    assert.equal(await page.evaluate(() => document.activeElement.id), "postal_code");
    await fill(page, { email: ADDRESS.email, postal_code: "62701" });
    await pay(page);
    await placed(page);
  });
}

scene("a declined card is said, another one buys", {}, async (page) => {
  await put_in_cart(page, "brook-stoneware-mug");
  await to_checkout(page);
  await fill(page);
  await page.locator("input[value=tok_decline]").check();
  await pay(page);
  await page.waitForSelector("#cards-problem");
  assert.match(await page.getAttribute("#cards", "aria-describedby"), /cards-problem/);
  assert.equal(await page.inputValue("#name"), ADDRESS.name);
  await page.locator("input[value=tok_approve]").check();
  await pay(page);
  await placed(page);
});

scene("a bank that asks back, and one that is silent", {}, async (page) => {
  await put_in_cart(page, "kestrel-stoneware-mug");
  await to_checkout(page);
  await fill(page);
  await page.locator("input[value=tok_step_up]").check();
  await pay(page);
  await page.waitForURL("**/checkouts/chk_*");
  await page.click("button:has-text('Confirm the payment')");
  await placed(page);
  await put_in_cart(page, "kestrel-stoneware-mug");
  await to_checkout(page);
  await fill(page);
  await page.locator("input[value=tok_timeout]").check();
  await pay(page);
  await placed(page, 40_000);  // the waiting page looks again by itself
});

scene("pressing twice and going back buy once", {}, async (page) => {
  await put_in_cart(page, "tamsin-stoneware-mug");
  await to_checkout(page);
  await fill(page);
  await page.dblclick(".pay button");
  await placed(page);
  await page.goBack();
  await page.waitForLoadState();
  if (await page.locator(".pay button").count()) {  // the browser kept the form
    await pay(page);
    await page.waitForLoadState();
  }
  await page.goto("/orders");
  assert.equal(await page.locator(".orders li").count(), 1);
});

scene("the same form sent twice at once is one order, whatever the browser does", { scripts: false }, async (page) => {
  await put_in_cart(page, "orrin-stoneware-mug", false);
  await to_checkout(page);
  const form = new URLSearchParams({ ...ADDRESS, token: "tok_slow", shipping_option: "standard", key: await page.inputValue("input[name=key]"), total: await page.inputValue("input[name=total]") });
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const send = () => fetch(shop.url + "/checkout", { method: "POST", body: form, redirect: "manual", headers: { Origin: shop.url, Cookie: cookies } });
  const [first, second] = await Promise.all([send(), send()]);
  assert.deepEqual([first.status, second.status], [303, 303]);
  assert.match(first.headers.get("location"), /^\/orders\/ord_/);
  assert.equal(first.headers.get("location"), second.headers.get("location"));
  await page.goto("/orders");
  assert.equal(await page.locator(".orders li").count(), 1);
});

test("two browsers and one last unit: one gets it, the other is told", { timeout: 60_000 }, async () => {
  const pages = await Promise.all([visit(browser, shop.url), visit(browser, shop.url)]);
  for (const page of pages) {
    await put_in_cart(page, "the-last-tide-clock");
    await to_checkout(page);
    await fill(page);
  }
  await Promise.all(pages.map((page) => pay(page)));
  await Promise.all(pages.map((page) => page.waitForSelector(".thanks, [role=alert]")));
  const ends = await Promise.all(pages.map((page) => page.innerText("main")));
  assert.equal(ends.filter((text) => /order is yours/.test(text)).length, 1);
  assert.equal(ends.filter((text) => /stock|left/.test(text) && !/order is yours/.test(text)).length, 1, ends.join("\n"));
  await Promise.all(pages.map((page) => page.context().close()));
});

scene("filters narrow, chips take them away, the way back is clear", {}, async (page) => {
  await page.goto("/search");
  await page.click(".ticks a:has-text('Nordlys')");
  await page.waitForURL("**/search?brand=Nordlys");
  const some = await page.locator(".cards > li").count();
  await page.click(".ticks a:has-text('Halden')");
  await page.waitForURL("**brand=Halden&brand=Nordlys");
  assert.ok((await page.locator(".cards > li").count()) > some);
  await page.fill("#price-min", "50");
  await page.fill("#price-max", "100.50");
  await page.click(".prices button");
  await page.waitForURL("**max=100.50**");
  for (const price of await page.locator(".cards .price > span").allInnerTexts())
    assert.ok(Number(price.slice(1)) >= 50 && Number(price.slice(1)) <= 100.5, price);
  assert.equal(await page.locator(".chips li").count(), 4);
  await page.click(".chips a:has-text('Halden')");
  await page.waitForURL((url) => !url.search.includes("Halden"));
  await page.click(".chips .all");
  await page.waitForURL("**/search");
  await page.click(".sort summary");
  await page.click(".sort a:has-text('Price, low first')");
  await page.waitForURL("**sort=price_asc");
  const prices = (await page.locator(".cards .price > span").allInnerTexts()).map((text) => Number(text.slice(1)));
  assert.deepEqual(prices, [...prices].sort((a, b) => a - b));
});

scene("more products come below those that are there", {}, async (page) => {
  await page.goto("/search");
  assert.equal(await page.locator(".cards > li").count(), 24);
  await page.click("a[rel~=next]");
  await page.waitForFunction(() => document.querySelectorAll(".cards > li").length === 48);
  const names = await page.locator(".cards .name").allInnerTexts();
  assert.equal(new Set(names).size, 48);
});

for (const scripts of [true, false]) {
  scene(`the drawer of filters on a phone ${scripts ? "with" : "without"} scripts`, { size: PHONE, scripts }, async (page) => {
    await page.goto("/search");
    assert.equal(await page.isVisible("#filters"), false);
    await page.click(".open-filters");
    assert.equal(await page.isVisible("#filters"), true);
    if (scripts) {
      await page.keyboard.press("Escape");
      await page.waitForSelector("#filters", { state: "hidden" });
      assert.match(await page.evaluate(() => document.activeElement.className), /open-filters/);
      await page.click(".open-filters");
    }
    await page.click(".ticks a:has-text('Nordlys')");
    await page.waitForURL("**brand=Nordlys");
    assert.equal(await page.isVisible("#filters"), false);
    assert.equal(await page.locator(".chips li").count(), 2);
  });
}

scene("an order is followed and cancelled", {}, async (page) => {
  await put_in_cart(page, "orrin-desk-lamp");
  await to_checkout(page);
  await fill(page);
  await pay(page);
  await placed(page);
  await page.reload();
  await page.click(".cancel summary");
  await page.click(".cancel button");
  await page.waitForSelector(".s-cancelled");
});

scene("an order's page follows the order by itself", {}, async (page) => {
  await put_in_cart(page, "orrin-desk-lamp");
  await to_checkout(page);
  await fill(page);
  await pay(page);
  await placed(page);
  await page.reload();
  const id = new URL(page.url()).pathname.split("/").pop();
  const order = await shop.admin("GET", `/admin/orders/${id}`);
  const shipment = order.shipments[0].id;
  // A part that somebody is at work in is left alone.
  await page.click(".cancel summary");
  await shop.admin("POST", `/admin/shipments/${shipment}/pick`);
  await page.waitForSelector(".s-processing");
  assert.equal(await page.locator(".cancel[open]").count(), 1);
  await page.click(".cancel summary");
  await page.evaluate(() => document.activeElement.blur());
  await shop.admin("POST", `/admin/shipments/${shipment}/pack`);
  await page.waitForSelector(".s-packed");
  await shop.admin("POST", `/admin/shipments/${shipment}/ship`, { carrier: "DHL", tracking_number: "JD-77" });
  await page.waitForSelector(".s-shipped");
  assert.match(await page.innerText("main"), /JD-77/);
  assert.equal(await page.locator(".cancel").count(), 0);
  assert.deepEqual(await audit(page), []);
});

for (const scripts of [true, false]) {
  scene(`some of an order is cancelled ${scripts ? "with" : "without"} scripts, billed, and ordered again`, { scripts }, async (page) => {
    await put_in_cart(page, "orrin-desk-lamp", scripts);
    await put_in_cart(page, "orrin-desk-lamp", scripts);
    await to_checkout(page);
    await fill(page);
    await pay(page);
    await placed(page);
    await page.reload();
    await page.click(".some summary");
    await page.click(".some button");
    assert.match(await page.innerText(".notice.bad"), /how many/);
    await page.click(".some summary");
    await page.fill(".some input[type=number]", "1");
    await page.click(".some button");
    await page.waitForSelector(".timeline >> text=Cancelled: 1 ×");
    assert.match(await page.innerText("main"), /1 of them cancelled/);
    if (scripts) assert.deepEqual(await audit(page), []);
    const address = page.url();
    await page.click("a[href$='/invoice']");
    assert.match(await page.innerText("section:nth-of-type(1) h1"), /^Invoice \d{4}-\d{6}$/);
    assert.match(await page.innerText("section:nth-of-type(2) h1"), /^Credit note \d{4}-\d{6}$/);
    await page.goto(address);
    await page.click("button:has-text('Order it again')");
    await page.waitForURL("**/cart");
    assert.equal(await page.inputValue(".line input.count"), "2");
  });
}

scene("what is shown of stock follows what is sold", { scripts: false }, async (page) => {
  await page.goto("/p/orrin-oak-chair");
  const [offer] = (await shop.product("chair-orrin")).offers;
  const [warehouse] = (await shop.admin("GET", "/admin/warehouses")).items;
  await shop.admin("PUT", `/admin/inventory/${offer.id}/${warehouse.id}`, { on_hand: 2 });
  const seen = async () => (await (await fetch(`${shop.url}/p/orrin-oak-chair`)).text()).includes("Only 2 left");
  for (const until = Date.now() + 10_000; !(await seen()) && Date.now() < until; );
  assert.ok(await seen());
});

test("shared pages hold nothing personal, private ones are kept by nobody", async () => {
  for (const path of ["/", "/search?q=mug", "/c/home", "/p/orrin-stoneware-mug"]) {
    const answer = await fetch(shop.url + path, { headers: { Cookie: "kontor=kg_nonsense" } });
    assert.equal(answer.headers.get("cache-control"), "public, max-age=300, stale-while-revalidate=86400", path);
    assert.equal(answer.headers.get("set-cookie"), null, path);
    const again = await fetch(shop.url + path, { headers: { "If-None-Match": answer.headers.get("etag") } });
    assert.equal(again.status, 304, path);
  }
  for (const path of ["/cart", "/checkout", "/orders", "/orders/lookup", "/fragment/cart", "/p/nowhere"]) {
    const answer = await fetch(shop.url + path, { redirect: "manual" });
    assert.equal(answer.headers.get("cache-control"), "private, no-store", path);
  }
});

test("a product's page tells programs what it sells", async () => {
  const text = await (await fetch(shop.url + "/p/orrin-desk-lamp")).text();
  const [product, crumbs] = JSON.parse(text.match(/<script type="application\/ld\+json">(.*?)<\/script>/s)[1]);
  assert.equal(product["@type"], "Product");
  assert.equal(product.name, "Orrin desk lamp");
  const offer = product.offers.offers?.[0] ?? product.offers;
  assert.equal(offer["@type"], "Offer");
  assert.match(offer.price, /^\d+\.\d\d$/);
  assert.equal(crumbs.itemListElement.length, 3);
});

test("pages stay small", async () => {
  const { gzipSync } = await import("node:zlib");
  const size = async (path) => gzipSync(Buffer.from(await (await fetch(shop.url + path)).arrayBuffer())).length;
  const home = await (await fetch(shop.url + "/")).text();
  const [css] = home.match(/\/assets\/shop\.\w+\.css/);
  const [js] = home.match(/\/assets\/shop\.\w+\.js/);
  assert.ok((await size(js)) < 15_000);
  for (const path of ["/", "/c/home", "/p/orrin-linen-shirt"]) {
    const whole = (await size(path)) + (await size(css)) + (await size(js));
    assert.ok(whole < 60_000, `${path}: ${whole} bytes compressed`);
  }
});

for (const scripts of [true, false]) {
  scene(`a cart is kept under a name, shared and taken ${scripts ? "with" : "without"} scripts`, { scripts }, async (page) => {
    await put_in_cart(page, "orrin-linen-shirt", scripts);
    await page.fill("#name", "Summer");
    await page.click(".aside button:has-text('Keep')");
    await page.waitForSelector("h1:has-text('Summer')");
    await page.click("button:has-text('Make a link for others')");
    const link = new URL(await page.inputValue("#link"));
    const other = await visit(browser, shop.url, { scripts });
    await other.goto(link.pathname + link.search);
    await other.click("button:has-text('Join')");
    await other.waitForSelector("h1:has-text('Summer')");
    await other.fill("input.count", "3");
    await other.click("button:has-text('Update')");
    await other.waitForSelector("input.count[value='3']");
    await other.click("button:has-text('Put these in my cart')");
    await other.waitForSelector("h1:has-text('Your cart')");
    assert.equal(await other.inputValue("input.count"), "3");
    await other.context().close();
    await page.reload();
    await page.click("button:has-text('Stop sharing')");
    await page.waitForSelector("h1:has-text('Summer')");
    assert.equal(await page.locator("button:has-text('Stop sharing')").count(), 0);
  });
}

// Every page, in both themes and at both sizes: axe finds nothing, and nothing sticks out of a narrow phone.
for (const theme of ["light", "dark"]) {
  for (const size of [DESKTOP, { width: 360, height: 740 }]) {
    scene(`every page is accessible, ${theme}, ${size.width} px`, { theme, size }, async (page) => {
      const look = async (name) => {
        const found = await audit(page);
        const out = await sticksOut(page);
        if (out) found.push(out);
        assert.deepEqual(found, [], name);
      };
      for (const path of ["/", "/c/home", "/c/lighting", "/search?q=kettle&brand=Halden&in_stock=1", "/search?q=nothing-like-it", "/p/orrin-linen-shirt", "/p/fjell-wall-clock", "/cart", "/orders", "/orders/lookup", "/nowhere"]) {
        await page.goto(path);
        await look(path);
      }
      if (size.width < 400) {
        await page.goto("/search#filters");
        await look("the drawer of filters");
      }
      await put_in_cart(page, "orrin-linen-shirt");
      await put_in_cart(page, "halden-canvas-rucksack");
      await look("a full cart");
      await page.fill("#name", "Every autumn");
      await page.click("button:has-text('Keep'):near(#name)");
      await page.waitForSelector("h1:has-text('Every autumn')");
      await look("a named cart");
      await page.click("button:has-text('Make a link for others')");
      await page.waitForSelector("#link");
      await look("a shared cart");
      await page.goto("/carts");
      await look("named carts");
      await page.goto("/cart");
      await page.fill(".line input.count", "9999");
      await page.$eval(".change form", (form) => (form.noValidate = true));
      await page.click(".change button:has-text('Update')");
      await page.waitForSelector("[role=alert]");
      await look("a cart with a mistake");
      await to_checkout(page);
      await look("checkout");
      await pay(page);
      await page.waitForSelector("[role=alert]");
      await look("checkout with mistakes");
      await fill(page);
      await page.locator("input[value=tok_step_up]").check();
      await pay(page);
      await page.waitForURL("**/checkouts/chk_*");
      await look("a bank that asks back");
      await page.click("button:has-text('Confirm the payment')");
      await placed(page);
      await look("a placed order");
      await page.goto("/orders");
      await look("orders");
    });
  }
}
