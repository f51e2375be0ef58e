import assert from "node:assert/strict";
import { leaveOut } from "../fakes/outside_tool.ts";
import { startNotifySocket } from "../fakes/notify_socket.ts";
import { startRawNode } from "../fakes/raw_node.ts";
import { startExporter } from "../program/exporter.ts";
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

async function until(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 15_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`Not within 15 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

Deno.test("systemd is told that the service is ready, well, and stopping", async () => {
  if (!await makeFolder()) return leaveOut("the notify socket of the whole program", `${FOLDER} cannot be made`);
  // A node that never answers: the service is ready nevertheless.
  await using node = startRawNode(async ({ hear }) => {
    await hear();
    await new Promise((resolve) => setTimeout(resolve, 500));
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
      await until(() => systemd.messages.length > 0, "READY=1");
      assert.equal(systemd.messages[0], "READY=1\nSTATUS=1 wallet of 1 network, 0 of 1 balance read; no check yet");
      const page = await fetch(`http://127.0.0.1:${exporter.port}/-/healthy`);
      assert.equal(await page.text(), "ok\n");
      await until(() => systemd.messages.filter((text) => text.includes("WATCHDOG=1")).length > 1, "WATCHDOG=1");
    } finally {
      assert.ok(await exporter.terminate(2000), "it did not end in time");
    }
    assert.equal((await exporter.ended).code, 0);
    await until(() => systemd.messages.at(-1) === "STOPPING=1\nSTATUS=Stopping", "STOPPING=1");
    const left = await Array.fromAsync(Deno.readDir(FOLDER), ({ name }) => name);
    assert.deepEqual(left, ["notify"]);
  }
  await Deno.remove(FOLDER);
});

for (const NOTIFY_SOCKET of ["@/org/freedesktop/systemd1/notify", "/tmp/elsewhere.sock"]) {
  Deno.test(`a NOTIFY_SOCKET such as ${NOTIFY_SOCKET} is one notice, and the program serves`, async () => {
    const config = JSON.stringify({ [`http://127.0.0.1:${deadPort()}/`]: WALLET });
    const exporter = startExporter({ WALLET_CONFIG: config, NOTIFY_SOCKET });
    let well = false;
    for (let attempt = 0; attempt < 500 && !well && !exporter.hasEnded(); attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      well = await fetch(`http://127.0.0.1:${exporter.port}/-/healthy`).then((page) => page.text()).then(
        (text) => text === "ok\n",
        () => false,
      );
    }
    await exporter.terminate(2000);
    const { code, stderr } = await exporter.ended;
    assert.deepEqual([well, code], [true, 0]);
    assert.equal(stderr.match(/level=warn/g)?.length, 1, stderr);
  });
}
