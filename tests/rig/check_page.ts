import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { concat, PLAIN } from "../../src/metrics/pages/piece.ts";
import { renderPage } from "../../src/metrics/pages/render_page.ts";
import { createSnapshotter } from "../../src/metrics/model/snapshot.ts";
import type { StateStore } from "../../src/poller/state.ts";
import { parseExposition, type Series } from "../fakes/exposition_parser.ts";
import { status } from "../fakes/page_text.ts";
import { IDENTITY } from "../fakes/watched.ts";
import type { Watching } from "./rig.ts";

const FAMILIES = ["wei", "eth", "check_success", "check_timestamp"] as const;

/**
 * Renders the page of what is watched, and asserts that it says what the store
 * has: a balance is that of the reading and finite, a wallet without a reading,
 * or with one that is too old, has none, and success is 1 only after success.
 *
 * @param watching what is watched; that its readings are true is the oracle's to check
 * @param staleAfter for how long a reading is shown, in milliseconds; 0 for ever
 * @returns how many balances the page shows
 */
export async function checkPage(watching: Watching, staleAfter = 0): Promise<number> {
  const { state, accounts, clock } = watching;
  const store: StateStore = {
    networks: [state],
    generation: 1,
    firstReadings: 0,
    onChange: () => {},
  };
  const snapshot = createSnapshotter({ store, clock, identity: IDENTITY, status, staleAfter: () => staleAfter })();
  const options = { registry: new Registry(), clock };
  const { pieces } = await renderPage(snapshot, "text", options, PLAIN);
  const page = familiesOf(new TextDecoder("utf-8", { fatal: true }).decode(concat(PLAIN.bodyOf(pieces))));
  const oldest = staleAfter === 0 ? -Infinity : clock.now() - staleAfter;
  let shown = 0;
  for (const [index, { address }] of state.plan.wallets.entries()) {
    const { reading, failure, attempted = false } = accounts[index] ?? {};
    const values = page.get(address);
    const isShown = reading !== undefined && reading.readAt >= oldest;
    assert.equal(values?.wei, isShown ? Number(reading.amount) : undefined, `the balance of wallet ${index}`);
    assert.equal(values?.eth !== undefined, isShown, `the coins of wallet ${index}`);
    assert.equal(values?.check_timestamp, reading?.at, `the time of wallet ${index}`);
    assert.equal(values?.check_success, attempted ? Number(failure === undefined) : undefined, `success of ${index}`);
    for (const value of [values?.wei, values?.eth]) {
      assert.ok(value === undefined || value >= 0 && Number.isFinite(value));
    }
    if (isShown) shown++;
  }
  return shown;
}

type Shown = Partial<Record<typeof FAMILIES[number], number>>;

function familiesOf(text: string): ReadonlyMap<string, Shown> {
  const shown = new Map<string, Shown>();
  const families = parseExposition(text);
  for (const family of FAMILIES) {
    const series: readonly Series[] = families.find(({ name }) => name === `wallet_balance_${family}`)?.series ?? [];
    for (const { labels, value } of series) {
      const address = labels["address"] ?? "";
      shown.set(address, { ...shown.get(address), [family]: value });
    }
  }
  return shown;
}
