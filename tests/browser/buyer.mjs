// What a buyer does, step by step, as the tests need it.
import assert from "node:assert/strict";

export const ADDRESS = { email: "ada@example.com", name: "Ada Lovelace", line1: "1 Main St", postal_code: "62701", city: "Springfield", region: "IL", country: "US" };

export async function fill(page, address = ADDRESS) {
  for (const [name, value] of Object.entries(address)) {
    if (name === "country") await page.selectOption("#country", value);
    else await page.fill(`#${name}`, value);
  }
}

// From the product's page into the cart, with or without scripts.
export async function put_in_cart(page, slug, scripts = true) {
  await page.goto(`/p/${slug}`);
  await page.click("form.buy button");
  if (scripts) await page.click("dialog.note a[href='/cart']");
  await page.waitForURL("**/cart");
}

export async function to_checkout(page) {
  await page.goto("/checkout");
  assert.match(await page.title(), /Check out/);
}

export const pay = (page) => page.click(".pay button");

export async function placed(page, timeout = 10_000) {
  await page.waitForURL("**/orders/ord_*", { timeout });
  assert.match(await page.innerText(".thanks"), /order is yours/);
  return (await page.innerText("h1 .code")).trim();
}
