import assert from "node:assert/strict";
import { openNotifier } from "../../src/systemd/notifier.ts";
import { until } from "../program/until.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { startNotifySocket } from "../fakes/notify_socket.ts";

/** The permissions of the tests name these sockets one by one. */
const FOLDER = "/tmp/wallet-balance-exporter-test";

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = FOLDER;
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(`${folder}/own`, { recursive: true });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function names(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name);
}

Deno.test("openNotifier() sends the assignments of a call in one message, and removes its socket", () =>
  inFolder(async (folder) => {
    const own = `${folder}/own`;
    using systemd = startNotifySocket(`${folder}/notify`);
    const env = new Map([["NOTIFY_SOCKET", systemd.path], ["RUNTIME_DIRECTORY", `${own}:/elsewhere`]]);
    // Left behind by a killed process.
    await Deno.writeTextFile(`${own}/notify.sock`, "");
    const notifier = openNotifier((name) => env.get(name));
    assert.ok(notifier !== undefined);
    await notifier.notify("READY=1", "STATUS=fine");
    await notifier.notify("WATCHDOG=1");
    await until("two messages", () => systemd.messages.length >= 2);
    assert.deepEqual(systemd.messages, ["READY=1\nSTATUS=fine", "WATCHDOG=1"]);
    notifier.close();
    assert.deepEqual(names(own), []);
  }));

Deno.test("openNotifier() logs once that systemd does not listen", () =>
  inFolder(async (folder) => {
    using caught = catchLog();
    const env = new Map([["NOTIFY_SOCKET", `${folder}/notify`], ["RUNTIME_DIRECTORY", `${folder}/own`]]);
    const notifier = openNotifier((name) => env.get(name));
    await notifier?.notify("READY=1");
    await notifier?.notify("WATCHDOG=1");
    notifier?.close();
    assert.equal(caught.lines.length, 1);
    assert.equal(caught.lines[0]?.["msg"], "Notifying systemd failed");
  }));

Deno.test("openNotifier() does not wait for a systemd whose queue is full", () =>
  inFolder(async (folder) => {
    using systemd = startNotifySocket(`${folder}/notify`, { listens: false });
    const env = new Map([["NOTIFY_SOCKET", systemd.path], ["RUNTIME_DIRECTORY", `${folder}/own`]]);
    const notifier = openNotifier((name) => env.get(name));
    assert.ok(notifier !== undefined);
    // The queue has room for a few hundred messages; further ones wait.
    for (let message = 0; message < 2000; message++) await notifier.notify("WATCHDOG=1");
    using caught = catchLog();
    notifier.close();
    await new Promise((resolve) => setTimeout(resolve, 0));
    assert.deepEqual(caught.lines, []);
  }));

for (
  const { name, socket, level } of [
    { name: "not set", socket: undefined, level: "debug" },
    { name: "empty", socket: "", level: "debug" },
    { name: "abstract", socket: "@/org/freedesktop/systemd1/notify", level: "warn" },
    { name: "of a virtual machine", socket: "vsock:2:1234", level: "warn" },
    { name: "usable, without a folder for the own socket", socket: "/run/systemd/notify", level: "warn" },
  ]
) {
  Deno.test(`openNotifier() returns nothing and logs one line for a NOTIFY_SOCKET that is ${name}`, () => {
    using caught = catchLog("debug");
    const env = new Map([["RUNTIME_DIRECTORY", "/nowhere"]]);
    if (socket !== undefined) env.set("NOTIFY_SOCKET", socket);
    assert.equal(openNotifier((key) => env.get(key)), undefined);
    assert.deepEqual(caught.lines.map((line) => line["level"]), [level]);
  });
}
