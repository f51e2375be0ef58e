import assert from "node:assert/strict";
import fc from "fast-check";
import { readConfig } from "../../../src/config/read_config.ts";
import { sizesOf } from "../../../src/config/model/shrink.ts";
import type { Shard } from "../../../src/config/model/shard.ts";
import { makePlan } from "../../../src/plan/make_plan.ts";
import type { Config } from "../../../src/config/model/config.ts";
import { accountsOf } from "../../fakes/open_pool.ts";

const ADDRESSES = accountsOf(200);

interface Row {
  readonly address: string;
  readonly label: string;
  readonly team: string;
}

const rows = fc.array(
  fc.record({
    address: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...ADDRESSES) },
      { weight: 2, arbitrary: fc.constantFrom(...ADDRESSES).map((address) => address.toUpperCase().slice(2)) },
      { weight: 1, arbitrary: fc.constantFrom("vitalik.eth", "0x12") },
    ),
    label: fc.constantFrom("a", "b", "c"),
    team: fc.constantFrom("", "x"),
  }),
  { minLength: 1, maxLength: 60 },
);

const WRITERS: Readonly<Record<string, (all: readonly Row[]) => string>> = {
  csv: (all) =>
    `address,label,labels.team\n${all.map(({ address, label, team }) => `${address},${label},${team}\n`).join("")}`,
  json: (all) =>
    JSON.stringify(
      all.map(({ address, label, team }) => ({ address, label, ...team === "" ? {} : { labels: { team } } })),
    ),
};

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function read(folder: string, walletsFrom: string | readonly string[], shard?: Shard): Promise<Config> {
  const wallets = [{ address: ADDRESSES[0], label: "inline" }, { address: ADDRESSES[1], label: "inline" }];
  const networks = [{ name: "n", endpoints: ["http://127.0.0.1:8545"], wallets, walletsFrom }];
  const text = JSON.stringify({ version: 2, networks });
  return readConfig(text, "test", { env: () => undefined, file: `${folder}/config.json`, shard });
}

function seriesOf(config: Config, shard?: Shard): readonly string[] {
  return makePlan(config, shard).networks.flatMap(({ wallets, rejected }) =>
    [...wallets, ...rejected].map(({ address, label, labels }) => JSON.stringify([address, label, labels]))
  );
}

for (const [ending, write] of Object.entries(WRITERS)) {
  Deno.test(`U4: shards of a list in ${ending} have each of its series exactly once, with the labels of the whole`, () =>
    inFolder(async (folder) => {
      await fc.assert(
        fc.asyncProperty(rows, fc.integer({ min: 1, max: 5 }), async (all, of) => {
          await Deno.writeTextFile(`${folder}/w.${ending}`, write(all));
          let whole: Config;
          try {
            whole = await read(folder, `w.${ending}`);
          } catch {
            // Hardly any of its entries is a wallet.
            return;
          }
          const parts: string[] = [];
          for (let index = 0; index < of; index++) {
            const part = await read(folder, `w.${ending}`, { index, of });
            parts.push(...seriesOf(part, { index, of }));
            assert.deepEqual(sizesOf(part), sizesOf(whole));
          }
          assert.deepEqual(parts.toSorted(), seriesOf(whole).toSorted());
        }),
        { numRuns: 40 },
      );
    }));
}

Deno.test("U4: ${shard} and ${shards} name the shard's own list, of which all wallets are watched", () =>
  inFolder(async (folder) => {
    const list = (from: number): string =>
      `address,label\n${ADDRESSES.slice(from, from + 20).map((address) => `${address},w\n`).join("")}`;
    await Deno.writeTextFile(`${folder}/0-of-1.csv`, list(20));
    await Deno.writeTextFile(`${folder}/2-of-3.csv`, list(40));
    const named = async (shard?: Shard): Promise<readonly string[]> => {
      const { networks: [network] } = makePlan(await read(folder, "${shard}-of-${shards}.csv", shard), shard);
      return (network?.wallets ?? []).filter(({ label }) => label === "w").map(({ address }) => address.toLowerCase());
    };
    assert.deepEqual(await named({ index: 2, of: 3 }), ADDRESSES.slice(40, 60));
    assert.deepEqual(await named(), ADDRESSES.slice(20, 40));
  }));
