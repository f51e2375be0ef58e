import assert from "node:assert/strict";
import { startFakeNode } from "../fakes/fake_node.ts";
import { mountVersion } from "../fakes/mounted_folder.ts";
import { runProgram, startExporter } from "../program/exporter.ts";
import { firstPoll, pageWhere } from "../program/wait_for_poll.ts";

const wallet = (index: number): string => `0x${String(index).padStart(40, "0")}`;
const balances = new Map(Array.from({ length: 20 }, (_, index) => [wallet(index), BigInt(index) * 10n ** 18n]));
const csv = (...wallets: readonly number[]): string =>
  `address,label\n${wallets.map((index) => `${wallet(index)},w${index}\n`).join("")}`;

/** The labels of the balances on a page. */
function labelsOn(page: string): string {
  return [...page.matchAll(/^wallet_balance_eth\{[^}]*label="(\w+)"/gm)].map(([, label]) => label).sort().join(" ");
}

Deno.test("wallet lists from files and HTTP are applied when they change, and kept when they fail", async () => {
  await using node = startFakeNode({ overrides: true, balances });
  let remote = (): Response => new Response(JSON.stringify([{ address: wallet(5), label: "w5" }]));
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => remote());
  const folder = await Deno.makeTempDir();
  const list = `http://127.0.0.1:${server.addr.port}/wallets?token=t0ken-of-the-list`;
  await Deno.writeTextFile(`${folder}/wallets.csv`, csv(1, 2));
  await Deno.writeTextFile(
    `${folder}/config.yaml`,
    `version: 2
interval: 60s
networks:
  - name: main
    endpoints: ["${node.url}"]
    wallets: [{ address: "${wallet(9)}", label: w9 }]
    walletsFrom: [wallets.csv, { url: "${list}", refresh: 1s }]
`,
  );
  const exporter = startExporter({ WALLET_CONFIG_FILE: `${folder}/config.yaml` });
  try {
    const { text } = await firstPoll(exporter);
    assert.equal(labelsOn(text), "w1 w2 w5 w9");
    await Deno.writeTextFile(`${folder}/wallets.csv`, csv(2, 3));
    await pageWhere(exporter, (page) => labelsOn(page) === "w2 w3 w5 w9");
    remote = () => new Response(csv(5, 6));
    await pageWhere(exporter, (page) => labelsOn(page) === "w2 w3 w5 w6 w9");
    remote = () => new Response("<html>Please sign in</html>");
    const failed = await pageWhere(exporter, (page) => /wallet_list_last_refresh_successful\{[^}]*\} 0/.test(page));
    assert.equal(labelsOn(failed), "w2 w3 w5 w6 w9");
    // The configuration is read again while the list's server fails: its wallets stay.
    await Deno.writeTextFile(`${folder}/wallets.csv`, csv(4));
    await pageWhere(exporter, (page) => labelsOn(page) === "w4 w5 w6 w9");
    await Deno.writeTextFile(`${folder}/wallets.csv`, "<html>");
    await pageWhere(exporter, (page) => /config_last_reload_successful\{[^}]*\} 0/.test(page));
    await Deno.writeTextFile(`${folder}/wallets.csv`, `${csv(4, 7)}nobody,lost\n`);
    const page = await pageWhere(exporter, (page) => labelsOn(page) === "w4 w5 w6 w7 w9");
    assert.match(page, /wallet_balance_check_success\{address="nobody",label="lost",[^}]*\} 0/);
    assert.match(page, /config_rejected_entries\{[^}]*\} 1/);
  } finally {
    await exporter.terminate(2000);
    await Deno.remove(folder, { recursive: true });
  }
  const { stderr } = await exporter.ended;
  assert.match(stderr, /wallets\.csv line=4 /);
  assert.doesNotMatch(stderr, /t0ken/);
});

Deno.test("a wallet list that cannot be fetched at start is fetched again later, and the others are read meanwhile", async () => {
  await using node = startFakeNode({ overrides: true, balances });
  let remote = (): Response => new Response("", { status: 500 });
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => remote());
  const config = `version: 2
networks:
  - name: main
    endpoints: ["${node.url}"]
    wallets: [{ address: "${wallet(1)}", label: w1 }]
    walletsFrom: { url: "http://127.0.0.1:${server.addr.port}/", refresh: 1s }
`;
  const exporter = startExporter({ WALLET_CONFIG: config });
  try {
    const { text } = await firstPoll(exporter);
    assert.equal(labelsOn(text), "w1");
    assert.match(text, /wallet_list_last_refresh_successful\{[^}]*\} 0/);
    remote = () => new Response(csv(2));
    await pageWhere(exporter, (page) => labelsOn(page) === "w1 w2");
  } finally {
    await exporter.terminate(2000);
  }
  const { code, stdout } = await runProgram(["check"], { WALLET_CONFIG: config });
  assert.equal(code, 0);
  assert.match(stdout, /6:18: notice: networks\[0\]\.walletsFrom: The list from 127\.0\.0\.1:\d+ is not fetched here/);
});

Deno.test("the files of a folder are applied when they come, change and go, and a bad one takes away no wallet", async () => {
  await using node = startFakeNode({ overrides: true, balances });
  const folder = await Deno.makeTempDir();
  const config = `version: 2
networks:
  - name: main
    endpoints: ["${node.url}"]
    wallets: [{ address: "${wallet(9)}", label: w9 }]
    walletsFrom: [wallets.d/*.csv, mounted/*.csv]
`;
  await Deno.writeTextFile(`${folder}/config.yaml`, config);
  const exporter = startExporter({ WALLET_CONFIG_FILE: `${folder}/config.yaml` });
  try {
    const { text } = await firstPoll(exporter);
    assert.equal(labelsOn(text), "w9", "there is no folder yet");
    await Deno.mkdir(`${folder}/wallets.d`);
    await Deno.mkdir(`${folder}/mounted`);
    await Deno.writeTextFile(`${folder}/wallets.d/a.csv.tmp`, csv(1, 2));
    await Deno.rename(`${folder}/wallets.d/a.csv.tmp`, `${folder}/wallets.d/a.csv`);
    await mountVersion(`${folder}/mounted`, { "x.csv": csv(5) });
    await pageWhere(exporter, (page) => labelsOn(page) === "w1 w2 w5 w9");
    await mountVersion(`${folder}/mounted`, { "x.csv": csv(5, 6), "y.csv": csv(7) });
    await Deno.writeTextFile(`${folder}/wallets.d/a.csv`, "<html>");
    const page = await pageWhere(exporter, (page) => labelsOn(page) === "w1 w2 w5 w6 w7 w9");
    const failed = [
      ...page.matchAll(/^wallet_balance_exporter_wallet_list_last_refresh_successful\{list="([^"]*)".* 0$/gm),
    ];
    assert.deepEqual(failed.map(([, list]) => list), [`${folder}/wallets.d/a.csv`]);
    await Deno.remove(`${folder}/wallets.d/a.csv`);
    await mountVersion(`${folder}/mounted`, { "y.csv": csv(8) });
    const last = await pageWhere(exporter, (page) => labelsOn(page) === "w8 w9");
    assert.doesNotMatch(last, /refresh_successful\{.* 0$/m);
    assert.match(last, /config_last_reload_successful\{[^}]*\} 1/);
  } finally {
    await exporter.terminate(2000);
    await Deno.remove(folder, { recursive: true });
  }
  const { stderr } = await exporter.ended;
  assert.match(stderr, /msg="Configuration notice" .*problem="No file matches \S+wallets\.d\/\*\.csv yet"/);
  assert.match(
    stderr,
    /msg="Wallet list cannot be read" .*problem="The list is HTML or XML" advice="The last good list stays in use"/,
  );
});
