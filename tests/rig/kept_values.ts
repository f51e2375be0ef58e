import assert from "node:assert/strict";
import type { Strategy } from "../../src/model/source.ts";
import type { Reason } from "../../src/jsonrpc/errors.ts";
import { checkPage } from "./check_page.ts";
import { noFault, startFaultServer } from "./fault_server.ts";
import { assertFresh, forceWay, spendBudget } from "./force_way.ts";
import { installMulticall } from "./install_multicall.ts";
import { startWatching, startWorld, WALLETS, type Watching, type World } from "./rig.ts";
import type { FaultRow } from "./run_rows.ts";

const INTERVAL = 10_000;
const TIMEOUT = 4000;
/** So many that a pause which doubles without a bound has passed 30 s by far. */
const FAULTY_CYCLES = 9;
/** An hour: a reading that is older is withdrawn from the page. */
const STALE_AFTER = 3_600_000;
/** In milliseconds: where somebody has to act first the pause may be longer than 30 s. */
const LONG_PAUSES: Partial<Record<Reason, number>> = { auth: 300_000, http_client: 300_000, quota: 900_000 };

/**
 * Runs each row of a file in each of some ways, as a step of its own, and asks
 * of it what the matrix asks of all: values are kept and age on the page, the
 * reason is the row's, the deadline holds, another endpoint takes over, and the
 * end of the fault is seen in time.
 *
 * @param file under `testdata/rig`
 * @param ways those that rows of single answers are run in; others are run in their own
 * @param t the test that the steps belong to
 */
export async function runKeptValues(file: string, ways: readonly Strategy[], t: Deno.TestContext): Promise<void> {
  const url = new URL(`../testdata/rig/${file}`, import.meta.url);
  const rows: readonly FaultRow[] = JSON.parse(await Deno.readTextFile(url));
  await using world = await startWorld();
  await installMulticall(world);
  // It makes blocks of its own.
  await world.oracle.spend();
  for (const row of rows) {
    // What is done to items of a batch, or to words of a packed answer, is not a fault of other ways.
    const own = row.ways.length > 1 ? ways : row.ways;
    for (const way of own) {
      await t.step(`${row.id}: ${row.title}, ${way}`, async () => {
        await keepsAndRecovers(row, way, world);
        if (row.result === "refused") await isRelieved(row, way, world);
      });
    }
  }
}

async function keepsAndRecovers(row: FaultRow, way: Strategy, { anvil, oracle }: World): Promise<void> {
  await using server = startFaultServer(anvil.url);
  using watching = startWatching([server.url], { interval: INTERVAL, timeout: TIMEOUT });
  await cycle(watching, way, row);
  assertFresh(watching, oracle.newest.number, "the other node was not read");
  const before = watching.accounts.map(({ reading }) => reading);
  await oracle.spend();
  watching.reasons();
  server.plan = row.plan;
  for (let count = 0; count < FAULTY_CYCLES; count++) {
    const jumped = watching.clock.jumped;
    await cycle(watching, way, row);
    const waited = watching.clock.jumped - jumped;
    assert.ok(waited <= TIMEOUT, `I6: ${waited} ms for one request of ${TIMEOUT} ms`);
    oracle.check(watching.accounts);
    await checkPage(watching);
    if (row.result !== "refused") break;
    for (const [index, { reading, failure }] of watching.accounts.entries()) {
      assert.equal(reading, before[index], "V: a failed wallet did not keep its reading");
      assert.ok(failure !== undefined && row.reasons.includes(failure), `I11: ${failure} is not ${row.reasons}`);
    }
  }
  if (row.result === "refused") await ages(watching);
  server.plan = noFault();
  await recoversInTime(row, watching, way, oracle.newest.number);
}

/** I3: the balances go when they are too old, and what shows the failure stays. */
async function ages(watching: Watching): Promise<void> {
  const { clock } = watching;
  assert.equal(await checkPage(watching, STALE_AFTER), WALLETS);
  clock.skip(STALE_AFTER);
  assert.equal(await checkPage(watching, STALE_AFTER), 0, "a balance is shown for too long");
  clock.skip(-STALE_AFTER);
}

/** I10. */
async function recoversInTime(row: FaultRow, watching: Watching, way: Strategy, newest: bigint): Promise<void> {
  const pause = Math.max(30_000, INTERVAL, ...row.reasons.map((reason) => LONG_PAUSES[reason] ?? 0));
  for (let passed = 0; passed <= pause; passed += INTERVAL) {
    await cycle(watching, way, row);
    if (watching.accounts.every(({ failure }) => failure === undefined)) break;
  }
  assertFresh(watching, newest, `I10: no fresh value ${pause / 1000} s and a cycle after the fault ended`);
}

/** F: all wallets are read in the same cycle from another endpoint, where the fault comes after a good reading. */
async function isRelieved(row: FaultRow, way: Strategy, { anvil, oracle }: World): Promise<void> {
  await using server = startFaultServer(anvil.url);
  using watching = startWatching([server.url, `${anvil.url}/`], { interval: INTERVAL, timeout: TIMEOUT });
  await cycle(watching, way, row);
  await oracle.spend();
  server.plan = row.plan;
  await cycle(watching, way, row);
  oracle.check(watching.accounts);
  assertFresh(watching, oracle.newest.number, "F: the other endpoint did not take over in the same cycle");
}

async function cycle(watching: Watching, way: Strategy, { reasons }: FaultRow): Promise<void> {
  // An endpoint that asked for a pause is waited for within a cycle: that it is, other rows check.
  if (reasons.includes("throttled")) watching.clock.skip(60_000);
  forceWay(watching, way);
  spendBudget(watching);
  await watching.cycle();
}
