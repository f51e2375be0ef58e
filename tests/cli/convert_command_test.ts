import assert from "node:assert/strict";
import fc from "fast-check";
import { convertCommand } from "../../src/cli/convert_command.ts";
import { parseSettings } from "../../src/cli/parse_settings.ts";
import { readConfig } from "../../src/config/read_config.ts";
import { makePlan } from "../../src/plan/make_plan.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { addressOf, type Entries, planOf } from "../fakes/watched.ts";

async function convert(text: string): Promise<readonly [code: number, text: string]> {
  const invocation = parseSettings(["convert"], (name) => name === "WALLET_CONFIG" ? text : undefined);
  if (!("settings" in invocation)) throw new Error("No settings were read");
  const lines: string[] = [];
  const output = { out: (line: string) => lines.push(line), err: (line: string) => lines.push(line) };
  return [await convertCommand(invocation.settings, output), lines.join("\n")];
}

/** What a plan watches: by network, its wallets with their minimums in wei. */
function watchedBy({ networks }: Plan): unknown {
  return networks.map(({ id, endpoints, wallets }) => [
    id,
    endpoints.map(({ url }) => url.reveal().href),
    wallets.map(({ address, label, minimums }) => [
      address,
      label,
      minimums.map(({ belowWei }) => belowWei).filter((wei = 0n) => wei > 0n),
    ]),
  ]);
}

const MINIMUM = fc.oneof(
  fc.constantFrom(0, 1, 0.5, "0.50", 1e-7, 1e16, "1e3", 123456.789012, "0", 100, -1),
  fc.integer({ min: 0, max: 10 ** 9 }),
);
const LABEL = fc.stringMatching(/^[ -~]{1,20}$/);
const WALLETS = fc.array(fc.record({ address: fc.nat(5).map(addressOf), label: LABEL, min_balance_eth: MINIMUM }), {
  maxLength: 6,
});

Deno.test("convert prints an equivalent configuration of version 2", async () => {
  await fc.assert(fc.asyncProperty(WALLETS, WALLETS, async (one, other) => {
    const entries: Entries = { "https://eth-mainnet.example/v2/S3cret-Key": one, "http://127.0.0.1:8545": other };
    const [code, text] = await convert(JSON.stringify(entries));
    assert.equal(code, 0);
    assert.doesNotMatch(text, /S3cret|:8545/);
    const urls = Object.keys(entries);
    const named = text.match(/^# {3}\w+$/gm)?.map((line) => line.slice(4)) ?? [];
    assert.equal(named.length, urls.length);
    const env = new Map(named.map((name, index) => [name, urls[index]]));
    const converted = await readConfig(text, "converted", { env: (name) => env.get(name), file: undefined });
    assert.deepEqual(watchedBy(makePlan(converted)), watchedBy(planOf(entries)));
  }));
});

Deno.test("convert lists what it leaves out", async () => {
  const wallets = [{ address: "x", label: "bad" }, { address: addressOf(1), label: "a", min_balance_eth: "lots" }];
  const [, text] = await convert(JSON.stringify({ "https://a.example/": wallets, "ws://b.example/": wallets }));
  assert.match(text, /^# Left out of a: 1 rejected entry\.$/m);
  assert.match(text, /^# Left out of a: 1 invalid minimum\.$/m);
  assert.match(text, /^# Left out: network b, whose URL is rejected\.$/m);
});

Deno.test("convert refuses an invalid configuration, and one of version 2", async () => {
  assert.equal((await convert("{"))[0], 1);
  await assert.rejects(convert("version: 2\nnetworks: []"), /is of version 2 already/);
});
