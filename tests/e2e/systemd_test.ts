import assert from "node:assert/strict";
import { skipCheck } from "../fakes/outside_tool.ts";
import { startNotifySocket } from "../fakes/notify_socket.ts";
import { startTcpServer } from "../fakes/tcp_server.ts";
import { startExporter } from "../program/exporter.ts";
import { PATIENCE, until } from "../program/until.ts";
import { deadPort } from "../program/free_port.ts";

/** Below the only folder, but for systemd's own, that the shipped permissions let the program speak in. */
const FOLDER = "/run/wallet-balance-exporter/test";
const WALLET = [{ address: "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045", label: "w" }];

async function makeFolder(): Promise<boolean> {
  try {
    await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
    await Deno.mkdir(FOLDER, { recursive: true });
    return true;
  } catch {
    return false;
  }
}

Deno.test("the exporter notifies systemd that it is ready, healthy, and stopping", async () => {
  if (!await makeFolder()) return skipCheck("the notify socket of the whole program", `${FOLDER} cannot be made`);
  // A node that never answers: the service is ready nevertheless.
  const isOver = Promise.withResolvers<void>();
  await using node = startTcpServer(async ({ receive }) => {
    await receive();
    await isOver.promise;
  });
  {
    using systemd = startNotifySocket(`${FOLDER}/notify`);
    const exporter = startExporter({
      WALLET_CONFIG: JSON.stringify({ [node.url]: WALLET }),
      NOTIFY_SOCKET: systemd.path,
      RUNTIME_DIRECTORY: FOLDER,
      WATCHDOG_USEC: "400000",
    });
    try {
      await until("READY=1", () => systemd.messages.length > 0);
      assert.equal(systemd.messages[0], "READY=1\nSTATUS=1 wallet on 1 network, 0 of 1 balance read; no poll yet");
      const page = await fetch(`http://127.0.0.1:${exporter.port}/-/healthy`);
      assert.equal(await page.text(), "ok\n");
      await until("WATCHDOG=1", () => systemd.messages.filter((text) => text.includes("WATCHDOG=1")).length > 1);
    } finally {
      await exporter.terminate(PATIENCE);
      isOver.resolve();
    }
    assert.equal((await exporter.ended).code, 0);
    await until("STOPPING=1", () => systemd.messages.at(-1) === "STOPPING=1\nSTATUS=Stopping");
    const left = await Array.fromAsync(Deno.readDir(FOLDER), ({ name }) => name);
    assert.deepEqual(left, ["notify"]);
  }
  await Deno.remove(FOLDER);
});

for (const NOTIFY_SOCKET of ["@/org/freedesktop/systemd1/notify", "/tmp/elsewhere.sock"]) {
  Deno.test(`a NOTIFY_SOCKET such as ${NOTIFY_SOCKET} is logged once, and the program serves`, async () => {
    const config = JSON.stringify({ [`http://127.0.0.1:${deadPort()}/`]: WALLET });
    const exporter = startExporter({ WALLET_CONFIG: config, NOTIFY_SOCKET });
    await until("a healthy exporter", async () => {
      if (exporter.hasEnded()) return true;
      const page = await fetch(`http://127.0.0.1:${exporter.port}/-/healthy`);
      return await page.text() === "ok\n";
    });
    await exporter.terminate(2000);
    const { code, stderr } = await exporter.ended;
    assert.equal(code, 0);
    assert.equal(stderr.match(/level=warn/g)?.length, 1, stderr);
  });
}
