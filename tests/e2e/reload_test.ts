import assert from "node:assert/strict";
import { type FakeNode, startFakeNode } from "../fakes/fake_node.ts";
import { type Exporter, startExporter } from "../program/exporter.ts";
import { until } from "../program/until.ts";
import { firstPoll } from "../program/wait_for_poll.ts";

const wallet = (index: number): string => `0x${String(index).padStart(40, "0")}`;
const balances = new Map(Array.from({ length: 200 }, (_, index) => [wallet(index), BigInt(index) * 10n ** 18n]));

function configOf(url: string, wallets: readonly number[], more = ""): string {
  const entries = wallets.map((index) => `      - { address: "${wallet(index)}", label: w${index} }`);
  return `version: 2\ninterval: 60s\nnetworks:\n  - name: main\n    endpoints: ["${url}"]\n    wallets:\n${
    entries.join("\n")
  }\n${more}`;
}

/** A folder as Kubernetes mounts one: the file is a link into a folder, which itself is a link that is swapped. */
async function mount(
  text: string,
): Promise<{ readonly file: string; swap(text: string): Promise<void> } & AsyncDisposable> {
  const folder = await Deno.makeTempDir();
  let version = 0;
  async function swap(next: string): Promise<void> {
    const data = `..${++version}`;
    await Deno.mkdir(`${folder}/${data}`);
    await Deno.writeTextFile(`${folder}/${data}/config.yaml`, next);
    await Deno.symlink(data, `${folder}/..data_tmp`);
    await Deno.rename(`${folder}/..data_tmp`, `${folder}/..data`);
    if (version > 1) await Deno.remove(`${folder}/..${version - 1}`, { recursive: true });
  }
  await swap(text);
  await Deno.symlink("..data/config.yaml", `${folder}/config.yaml`);
  return { file: `${folder}/config.yaml`, swap, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

async function pageOf({ port }: Exporter): Promise<string> {
  return await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

/** Every balance on a page, by label. */
function balancesOn(page: string): ReadonlyMap<string, number> {
  const found = page.matchAll(/^wallet_balance_eth\{[^}]*label="(\w+)"[^}]*\} (\S+)$/gm);
  return new Map([...found].map(([, label = "", value]) => [label, Number(value)]));
}

/** Waits for a page. */
async function pageThat(what: string, exporter: Exporter, isSo: (page: string) => boolean): Promise<string> {
  return await until(what, async () => {
    const page = await pageOf(exporter);
    return isSo(page) && page;
  });
}

async function started(node: FakeNode, file: string): Promise<Exporter> {
  const exporter = startExporter({ WALLET_CONFIG_FILE: file });
  await firstPoll(exporter);
  assert.ok(node.seen.length > 0);
  return exporter;
}

Deno.test("a mounted file that is swapped is applied under load, without gaps and wrong values", async () => {
  await using node = startFakeNode({ overrides: true, balances });
  const first = Array.from({ length: 100 }, (_, index) => index);
  await using mounted = await mount(configOf(node.url, first));
  const exporter = await started(node, mounted.file);
  let isOver = false;
  let scrapes = 0;
  const scraping = Promise.all(Array.from({ length: 4 }, async () => {
    for (; !isOver; scrapes++) {
      const shown = balancesOn(await pageOf(exporter));
      for (const [label, value] of shown) assert.equal(value, Number(label.slice(1)), `a wrong value of ${label}`);
      // Those that are in every version have no gap.
      for (const index of first.slice(50)) assert.ok(shown.has(`w${index}`), `w${index} is missing`);
    }
  }));
  try {
    for (let round = 1; round <= 3; round++) {
      const now = first.slice(10 * round).concat(100 + round);
      await mounted.swap(configOf(node.url, now));
      await pageThat("the new wallet", exporter, (page) => balancesOn(page).has(`w${100 + round}`));
      const shown = balancesOn(await pageOf(exporter));
      assert.deepEqual([...shown.keys()].sort(), now.map((index) => `w${index}`).sort(), "removed wallets are gone");
    }
    assert.match(await pageOf(exporter), /config_last_reload_successful\{[^}]*\} 1/);
  } finally {
    isOver = true;
    await scraping;
    await exporter.terminate(2000);
  }
  assert.ok(scrapes > 0);
});

Deno.test("a bad file keeps the previous configuration in use and shows in the metrics, and the next good one is applied", async () => {
  await using node = startFakeNode({ overrides: true, balances });
  await using mounted = await mount(configOf(node.url, [1, 2]));
  const exporter = await started(node, mounted.file);
  try {
    for (
      const bad of [
        "",
        `{"version":2,"networks":${"[".repeat(3000)}${"]".repeat(3000)}}`,
        "version: 2\nnetwork: []",
        configOf(node.url, [1, 2, 3]).replace("label: w3", "lable: w3"),
      ]
    ) {
      await mounted.swap(bad);
      await pageThat("the refusal", exporter, (page) => /config_last_reload_successful\{[^}]*\} 0/.test(page));
      assert.deepEqual([...balancesOn(await pageOf(exporter))], [["w1", 1], ["w2", 2]]);
      await mounted.swap(configOf(node.url, [1, 2]));
      await pageThat("the recovery", exporter, (page) => /config_last_reload_successful\{[^}]*\} 1/.test(page));
    }
  } finally {
    await exporter.terminate(2000);
  }
  assert.match((await exporter.ended).stderr, /Invalid configuration/);
});

Deno.test("a reload does not restart unchanged networks, and removes all series of removed ones", async () => {
  await using node = startFakeNode({ overrides: true, balances });
  await using other = startFakeNode({ overrides: true, balances });
  const second = `  - { name: other, endpoints: ["${other.url}"], wallets: [{ address: "${
    wallet(9)
  }", label: w9 }] }\n`;
  await using mounted = await mount(configOf(node.url, [1], second));
  const exporter = await started(node, mounted.file);
  try {
    await pageThat("w9", exporter, (page) => balancesOn(page).has("w9"));
    node.seen.length = 0;
    await mounted.swap(configOf(node.url, [1]));
    const page = await pageThat("a page without w9", exporter, (page) => !balancesOn(page).has("w9"));
    assert.doesNotMatch(page, /network="other"/);
    assert.equal(balancesOn(page).get("w1"), 1);
    // By now a restarted network would have been read as well.
    await mounted.swap(configOf(node.url, [1], second));
    await pageThat("w9 again", exporter, (page) => balancesOn(page).has("w9"));
    assert.equal(node.seen.length, 0, "the network that stayed was read again");
    assert.match(page, /rpc_requests_total\{[^}]*network="main"[^}]*\} [1-9]/);
  } finally {
    await exporter.terminate(2000);
  }
});

Deno.test("SIGHUP reloads the configuration and its secrets", async () => {
  await using node = startFakeNode({ overrides: true, balances });
  const folder = await Deno.makeTempDir();
  const secret = `${folder}/token`;
  await Deno.writeTextFile(secret, "first-t0ken\n");
  const text = configOf(node.url, [1]).replace(
    `["${node.url}"]`,
    `[{ url: "${node.url}", headers: { authorization: "Bearer \${file:${secret}}" } }]`,
  );
  const exporter = startExporter({ WALLET_CONFIG: text });
  try {
    await firstPoll(exporter);
    assert.equal(node.seen.at(-1)?.headers.get("authorization"), "Bearer first-t0ken");
    node.seen.length = 0;
    await Deno.writeTextFile(secret, "second-t0ken\n");
    exporter.signal("SIGHUP");
    await until(
      "the new secret",
      () => node.seen.some(({ headers }) => headers.get("authorization") === "Bearer second-t0ken"),
    );
  } finally {
    await exporter.terminate(2000);
    await Deno.remove(folder, { recursive: true });
  }
  assert.doesNotMatch((await exporter.ended).stderr, /t0ken/);
});

Deno.test("U9: a configuration or list that lost most of its wallets is refused until more are back", async () => {
  await using node = startFakeNode({ overrides: true, balances });
  const all = Array.from({ length: 20 }, (_, index) => index + 1);
  await using mounted = await mount(configOf(node.url, all));
  const exporter = await started(node, mounted.file);
  const isRefused = (page: string): boolean => /config_last_reload_successful\{[^}]*\} 0/.test(page);
  try {
    for (const left of ["{}", configOf(node.url, [1, 2, 3])]) {
      await mounted.swap(left);
      await pageThat("the refusal", exporter, isRefused);
      assert.equal(balancesOn(await pageOf(exporter)).size, 20);
      await mounted.swap(configOf(node.url, all));
      await pageThat("the recovery", exporter, (page) => !isRefused(page));
    }
    await mounted.swap(configOf(node.url, all.slice(0, 10)));
    await pageThat("half of the wallets", exporter, (page) => balancesOn(page).size === 10);
  } finally {
    await exporter.terminate(2000);
  }
  const { stderr } = await exporter.ended;
  assert.match(stderr, /The configuration shrank: it has only 3 wallets, and had 20/);
  assert.match(stderr, /--config\.allow-shrink/);
});
