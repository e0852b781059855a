// A running shop of its own: the real program on a free port, with a temporary folder and the products of the tests.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { products } from "./products.mjs";

const ADMIN = "test-admin-token-0123456789abcdef";

export class Shop {
  // `demo`: the program's own demo catalogue instead of the tests' products.
  static async start(build, { demo = false, settings = {} } = {}) {
    const shop = new Shop();
    shop.data = await mkdtemp(join(tmpdir(), "kontor-browser-"));
    shop.command = [resolve(build, "kontor"), "serve", "--listen", "127.0.0.1:0", "--data", shop.data, ...(demo ? ["--demo"] : [])];
    shop.settings = settings;
    await shop.run();
    if (!demo) await shop.admin("POST", "/admin/import?format=ndjson", products(), "application/x-ndjson");
    return shop;
  }

  async run() {
    const [program, ...words] = this.command;
    this.process = spawn(program, words, {
      env: { ...process.env, KONTOR_ADMIN_TOKEN: ADMIN, KONTOR_LIMITS: "off", KONTOR_RISK: "off", KONTOR_DEGRADATION: "off", KONTOR_LOG_LEVEL: "warning", KONTOR_GATEWAY_TIMEOUT_MS: "3000", ...this.settings },
    });
    this.log = "";
    this.url = await new Promise((found, failed) => {
      const read = (piece) => {
        this.log += piece;
        const address = this.log.match(/https?:\/\/127\.0\.0\.1:\d+/);
        if (address) found(address[0]);
      };
      this.process.stdout.on("data", read);
      this.process.stderr.on("data", read);
      this.process.on("exit", (code) => failed(new Error(`the program ended with ${code}:\n${this.log}`)));
    });
  }

  // The same shop at another address.
  async restart() {
    await this.end();
    await this.run();
  }

  async admin(method, path, body, type = "application/json") {
    const answer = await fetch(this.url + "/api/v1" + path, {
      method, body: typeof body === "string" || body === undefined ? body : JSON.stringify(body),
      headers: { Authorization: `Bearer ${ADMIN}`, ...(body === undefined ? {} : { "Content-Type": type }) },
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  async product(externalId) {
    const found = await this.admin("GET", `/admin/products?external_id=${externalId}`);
    return found.items[0];
  }

  async end() {
    const ended = new Promise((done) => this.process.once("exit", done));
    this.process.kill("SIGTERM");
    const code = await ended;
    if (code !== 0) throw new Error(`the program ended with ${code}:\n${this.log}`);
  }

  async stop() {
    try {
      await this.end();
    } finally {
      await rm(this.data, { recursive: true, force: true });
    }
  }
}
