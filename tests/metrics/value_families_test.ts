import assert from "node:assert/strict";
import { ASSET_KINDS } from "../../src/assets/kinds.ts";
import { TEXT } from "../../src/metrics/encoders/exposition.ts";
import { COIN_FAMILIES, valueFamilies } from "../../src/metrics/families/wallet_families.ts";
import { encodeBlocks } from "../../src/metrics/pages/blocks.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { addressOf, planOfV2, watched } from "../fakes/watched.ts";

Deno.test("a label of a family hides the same one of the configuration, which other families show", async () => {
  const config = `version: 2
networks:
  - name: main
    endpoints: [http://node.example]
    outflow: true
    wallets:
      - { address: "${addressOf(1)}", label: a, code: watch, labels: { kind: hot, window: left } }
`;
  using clock = createFakeClock();
  const { snapshot, record } = watched(await planOfV2(config), { clock });
  for (const amount of [9n, 8n, 7n]) {
    record(0, [amount, 0n]);
    await clock.advance(900_000);
  }
  const now = snapshot();
  const own = (text: string): readonly string[] => text.match(/\b(kind|window)="[^"]*"/g) ?? [];
  const shown = (name: string): readonly (readonly string[])[] => {
    const family = [...COIN_FAMILIES, ...ASSET_KINDS.flatMap(valueFamilies)].find((each) => each.name === name);
    assert.ok(family !== undefined);
    const lines = [...encodeBlocks(TEXT, family, now)].join("").trim().split("\n");
    assert.deepEqual([...family.samples(now)].map((sample) => TEXT.sample(family, sample, now.common).trim()), lines);
    return lines.map(own);
  };
  assert.deepEqual(shown("wallet_balance_eth"), [['kind="hot"', 'window="left"']]);
  assert.deepEqual(shown("wallet_code_info"), [['kind="none"', 'window="left"']]);
  assert.deepEqual(shown("wallet_balance_outflow_eth_per_second"), [['kind="hot"', 'window="1h"']]);
});
