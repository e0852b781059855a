// Runs Lighthouse page by page and prints its scores; see ./lighthouse.
import { spawn } from "node:child_process";
import { createServer as createHttp, request as ask } from "node:http";
import { createServer } from "node:net";
import { picture } from "./products.mjs";
import { Shop } from "./shop.mjs";

const demo = process.argv.includes("--demo");
const version = Number(process.versions.node.split(".")[0]) >= 23 ? "13" : "12";  // 13 needs a newer node
const free = () => new Promise((found) => { const s = createServer().listen(0, "127.0.0.1", () => { const { port } = s.address(); s.close(() => found(port)); }); });

// Lighthouse cannot be handed pictures, so that those of the tests' products come through a proxy before the shop.
async function with_pictures(shop, port) {
  const proxy = createHttp((incoming, outgoing) => {
    const drawing = demo ? null : picture(incoming.url.match(/^\/media\/(.*)\.svg$/)?.[1] ?? "");
    if (drawing) return outgoing.writeHead(200, { "Content-Type": "image/svg+xml", "Cache-Control": "public, max-age=31536000, immutable" }).end(drawing);
    incoming.pipe(ask(shop.url + incoming.url, { method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    }));
  });
  await new Promise((listening) => proxy.listen(port, "127.0.0.1", listening));
  return { url: `http://127.0.0.1:${port}`, close: () => proxy.close() };
}

// Not spawnSync: the proxy has to answer meanwhile.
async function scores(url) {
  const run = spawn("npx", ["--yes", `lighthouse@${version}`, url, "--quiet", "--output=json", "--chrome-flags=--headless --no-sandbox",
    "--only-categories=performance,accessibility,best-practices,seo"],
    { env: { ...process.env, CHROME_PATH: process.env.CHROME_PATH ?? "/usr/bin/chromium" } });
  let text = "", trouble = "";
  run.stdout.on("data", (piece) => (text += piece));
  run.stderr.on("data", (piece) => (trouble += piece));
  const code = await new Promise((ended) => run.on("close", ended));
  if (code !== 0) throw new Error(trouble);
  const report = JSON.parse(text);
  const below = Object.values(report.audits).filter((audit) => audit.score !== null && audit.score < 0.9).map((audit) => audit.id);
  return { scores: Object.fromEntries(Object.values(report.categories).map((c) => [c.id, Math.round(c.score * 100)])), below };
}

// The port before the shop: canonical addresses must be those that Lighthouse asks for.
const front_port = await free();
const shop = await Shop.start(process.env.KONTOR_BUILD, { demo, settings: { KONTOR_PUBLIC_URL: `http://127.0.0.1:${front_port}` } });
const proxy = await with_pictures(shop, front_port);
let low = false;
try {
  const { items, facets } = await (await fetch(`${shop.url}/api/v1/products?limit=1&sort=rating`)).json();
  for (const path of ["/", `/c/${facets.categories[0].slug}`, `/p/${items[0].slug}`]) {
    const { scores: found, below } = await scores(proxy.url + path);
    console.log(path, found, below.join(" "));
    low ||= Object.values(found).some((score) => score < 95);
  }
} finally {
  proxy.close();
  await shop.stop();
}
process.exitCode = low ? 1 : 0;
