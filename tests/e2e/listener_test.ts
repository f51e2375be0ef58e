import assert from "node:assert/strict";
import { raw, requestText } from "../fakes/raw_http.ts";
import { type Exporter, startExporter } from "../program/exporter.ts";
import { PATIENCE, until } from "../program/until.ts";

const EMPTY = '{"networks":[],"version":2}';

async function started(exporter: Exporter): Promise<void> {
  await until("it serves", async () => (await status(exporter, "/-/healthy")) === 200);
}

async function status({ port }: Exporter, path: string, method = "GET"): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  await response.body?.cancel();
  return response.status;
}

Deno.test("U1: more idle connections than the process has file descriptors do not lock out others", async () => {
  const limited = ["sh", "-c", 'ulimit -n 128; exec "$@"', "sh"];
  const exporter = startExporter({ WALLET_CONFIG: "{}", WEB_MAX_CONNECTIONS_PER_CLIENT: "0" }, [], limited);
  const held: Deno.Conn[] = [];
  try {
    await started(exporter);
    for (let count = 0; count < 300; count++) {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port: exporter.port });
      held.push(connection);
      if (count % 2 === 0) await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nX-A: ")).catch(() => {});
    }
    await until("a page", async () => (await raw(exporter.port, requestText("/metrics"))).startsWith("HTTP/1.1 200"));
    assert.equal(await status(exporter, "/-/healthy"), 200);
  } finally {
    for (const connection of held) connection.close();
    await exporter.terminate(PATIENCE);
  }
  assert.equal((await exporter.ended).code, 0);
});

Deno.test("hundreds of open connections do not delay the end of the program", async () => {
  const exporter = startExporter({ WALLET_CONFIG: "{}", WEB_MAX_CONNECTIONS_PER_CLIENT: "0" });
  const held: Deno.Conn[] = [];
  await started(exporter);
  for (let count = 0; count < 250; count++) {
    held.push(await Deno.connect({ hostname: "127.0.0.1", port: exporter.port }));
  }
  assert.ok(await exporter.terminate(PATIENCE), "it did not end");
  for (const connection of held) connection.close();
  assert.equal((await exporter.ended).code, 0);
});

Deno.test("/-/reload reloads the configuration with --web.enable-lifecycle only, and returns why it was refused", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/config.json`;
  await Deno.writeTextFile(file, EMPTY);
  const exporter = startExporter({}, [`--config.file=${file}`, "--web.enable-lifecycle"]);
  const closed = startExporter({ WALLET_CONFIG: "{}" });
  const reload = async (): Promise<readonly [number, string]> => {
    const response = await fetch(`http://127.0.0.1:${exporter.port}/-/reload`, { method: "POST" });
    return [response.status, await response.text()];
  };
  try {
    await started(exporter);
    await started(closed);
    assert.deepEqual(await reload(), [200, "Configuration reloaded\n"]);
    assert.equal(await status(exporter, "/-/reload"), 405);
    await Deno.writeTextFile(file, "nonsense");
    const [code, text] = await reload();
    assert.equal(code, 500);
    assert.match(text, /config\.json/);
    await Deno.writeTextFile(file, EMPTY);
    assert.equal((await reload())[0], 200);
    assert.equal(await status(closed, "/-/reload", "POST"), 403);
  } finally {
    await exporter.terminate(PATIENCE);
    await closed.terminate(PATIENCE);
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("each --web.listen-address is served, and logged", async () => {
  const one = startExporter({ WALLET_CONFIG: "{}" });
  await started(one);
  assert.match(one.logged(), new RegExp(`msg=Serving url=http://\\[::\\]:${one.port}/metrics`));
  await one.terminate(PATIENCE);
  const flags = ["127.0.0.1", "[::1]"].map((host) => `--web.listen-address=${host}:${one.port}`);
  const several = startExporter({ WALLET_CONFIG: "{}" }, flags);
  try {
    for (const host of ["127.0.0.1", "[::1]"]) {
      await until("it serves", async () => {
        const response = await fetch(`http://${host}:${one.port}/healthz`);
        return await response.text() === "ok\n";
      });
    }
  } finally {
    await several.terminate(PATIENCE);
  }
});
