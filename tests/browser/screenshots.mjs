// Takes the pictures of docs/pictures/ (or of another folder): home, product, checkout on a phone, a dark category. With
// --all every page in both sizes and themes, for looking at; with --tests on the tests' products instead of the demo's.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DESKTOP, launch, PHONE, visit } from "./browser.mjs";
import { ADDRESS, fill, pay, placed } from "./buyer.mjs";
import { Shop } from "./shop.mjs";

const has = (flag) => process.argv.includes(flag);
const value = (flag, otherwise) => (has(flag) ? process.argv[process.argv.indexOf(flag) + 1] : otherwise);
const folder = value("--to", new URL("../../docs/pictures", import.meta.url).pathname);
const demo = !has("--tests");
mkdirSync(folder, { recursive: true });

const shop = await Shop.start(process.env.KONTOR_BUILD, { demo });
const browser = await launch();
const api = async (path) => (await fetch(`${shop.url}/api/v1${path}`)).json();

// The pages worth a picture: a product with several pictures and variants where there is one, the fullest category.
async function interesting() {
  const { items, facets } = await api("/products?limit=100&sort=rating");
  const details = await Promise.all(items.slice(0, 60).map((card) => api(`/products/${card.id}`)));
  const rank = (p) => Math.min(p.images.length, 4) * 2 + (p.offers.length > 1 ? 3 : 0) + (Object.keys(p.offers[0]?.options ?? {}).length > 1 ? 4 : 0);
  const product = details.sort((a, b) => rank(b) - rank(a))[0];
  return { product: `/p/${product.slug}`, category: `/c/${facets.categories[0].slug}` };
}

async function shoot(page, name, whole = false) {
  await page.evaluate(() => Promise.all([...document.images].filter((i) => i.loading !== "lazy").map((i) => i.decode().catch(() => {}))));
  await page.waitForLoadState("networkidle");
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, fullPage: whole, scale: "css" });
  console.log(`${path} ${Math.round(statSync(path).size / 1024)} KiB`);
}

async function with_cart(page, product) {
  await page.goto(product);
  await page.click("form.buy button");
  await page.waitForSelector("dialog.note[open]");
}

async function few({ product, category }) {
  let page = await visit(browser, shop.url, { pictures: !demo });
  await page.goto("/");
  await shoot(page, "home");
  await page.goto(product);
  await shoot(page, "product");
  await page.context().close();
  page = await visit(browser, shop.url, { theme: "dark", pictures: !demo });
  await page.goto(category);
  await shoot(page, "category-dark");
  await page.context().close();
  page = await visit(browser, shop.url, { size: PHONE, pictures: !demo });
  await with_cart(page, product);
  await page.goto("/checkout");
  await fill(page);
  await page.evaluate(() => document.activeElement.blur());
  await page.evaluate(() => scrollTo(0, 0));
  await shoot(page, "checkout-phone");
  await page.context().close();
}

async function every({ product, category }, theme, size, suffix) {
  const page = await visit(browser, shop.url, { theme, size, pictures: !demo });
  for (const [name, path] of [["home", "/"], ["category", category], ["search", "/search?q=a&in_stock=1"], ["product", product], ["lookup", "/orders/lookup"], ["lost", "/nowhere"]]) {
    await page.goto(path);
    await shoot(page, name + suffix, true);
  }
  await with_cart(page, product);
  await shoot(page, "note" + suffix);
  await page.goto("/cart");
  await shoot(page, "cart" + suffix, true);
  await page.goto("/checkout");
  await pay(page);
  await page.waitForSelector("[role=alert]");
  await shoot(page, "mistakes" + suffix, true);
  await fill(page, ADDRESS);
  await shoot(page, "checkout" + suffix, true);
  await pay(page);
  await placed(page);
  await shoot(page, "order" + suffix, true);
  await page.goto("/orders");
  await shoot(page, "orders" + suffix, true);
  await page.context().close();
}

try {
  const pages = await interesting();
  if (has("--all"))
    for (const theme of ["light", "dark"])
      for (const [name, size] of [["desktop", DESKTOP], ["phone", PHONE]]) await every(pages, theme, size, `-${name}-${theme}`);
  else await few(pages);
} finally {
  await browser.close();
  await shop.stop();
}
