import assert from "node:assert/strict";
import type { Reason } from "../../src/jsonrpc/errors.ts";
import type { FaultPlan } from "./fault.ts";
import { type FaultServer, noFault, startFaultServer } from "./fault_server.ts";
import { startWatching, startWorld, WALLETS, type Watching, type World } from "./rig.ts";

/** How the node is read when the fault strikes. */
export type Way = "packed" | "batch";

/** One row of the fault matrix, as the files under `testdata/rig` have them. */
export interface FaultRow {
  readonly id: string;
  readonly title: string;
  readonly plan: FaultPlan;
  /** One of these must be counted; none where the fault does no harm. */
  readonly reasons: readonly Reason[];
  /**
   * `refused`: no balance is taken. `partial`: some are, the others keep theirs. `accepted`: all are.
   * `learned`: all are, with smaller requests. `another way`: none is, but where the way was never proven
   * another one is taken.
   */
  readonly result: "refused" | "partial" | "accepted" | "learned" | "another way";
  readonly ways: readonly Way[];
  /** The most requests that a cycle may send while the fault lasts. */
  readonly most: number;
}

/**
 * Runs each row of a file in each of its ways, as a step of its own. They share
 * a node, of which they only make blocks.
 *
 * @param file under `testdata/rig`
 * @param t the test that the steps belong to
 */
export async function runRows(file: string, t: Deno.TestContext): Promise<void> {
  const url = new URL(`../testdata/rig/${file}`, import.meta.url);
  const rows: readonly FaultRow[] = JSON.parse(await Deno.readTextFile(url));
  await using world = await startWorld();
  for (const row of rows) {
    for (const way of row.ways) {
      await t.step(`${row.id}: ${row.title}, ${way}`, async () => await runRow(row, way, world));
    }
  }
}

async function runRow(row: FaultRow, way: Way, { anvil, oracle }: World): Promise<void> {
  await using server = startFaultServer(anvil.url);
  server.overrides = way === "packed";
  await fromTheStart(row, server, oracle);
  await afterGoodReading(row, server, oracle);
  await withAnother(row, server, anvil.url, oracle);
}

type Oracle = World["oracle"];

/** The fault is there from the first request on, and goes away. */
async function fromTheStart(row: FaultRow, server: FaultServer, oracle: Oracle): Promise<void> {
  server.plan = row.plan;
  using watching = startWatching([server.url]);
  await watching.cycle();
  const published = oracle.check(watching.accounts);
  if (row.result === "refused") assert.equal(published, 0, "something was published");
  if (!["refused", "partial"].includes(row.result)) assert.equal(published, WALLETS);
  if (row.reasons.length > 0) assertNamed(row, watching);
  server.plan = noFault();
  await recovers(watching, oracle);
}

/** The fault comes after a good reading: what was published is kept, and is never taken for new. */
async function afterGoodReading(row: FaultRow, server: FaultServer, oracle: Oracle): Promise<void> {
  server.plan = noFault();
  using watching = startWatching([server.url]);
  await watching.cycle();
  assert.equal(oracle.check(watching.accounts), WALLETS);
  const before = watching.accounts.map(({ reading }) => reading);
  await oracle.spend();
  watching.reasons();
  server.plan = row.plan;
  server.seen.length = 0;
  await watching.cycle();
  oracle.check(watching.accounts);
  if (row.reasons.length > 0) assertNamed(row, watching);
  assert.ok(server.seen.length <= row.most, `${server.seen.length} requests in a cycle`);
  const failed = watching.accounts.filter(({ failure }) => failure !== undefined).length;
  for (const [index, { reading, failure }] of watching.accounts.entries()) {
    if (failure !== undefined) assert.equal(reading, before[index], "a failed wallet did not keep its reading");
  }
  if (row.result === "refused" || row.result === "another way") assert.equal(failed, WALLETS);
  if (row.result === "partial") assert.ok(failed > 0 && failed < WALLETS, `${failed} failed`);
  if (row.result === "accepted" || row.result === "learned") assert.equal(failed, 0);
  server.plan = noFault();
  await recovers(watching, oracle);
}

/** Another endpoint of the network takes over in the same cycle. */
async function withAnother(row: FaultRow, server: FaultServer, other: string, oracle: Oracle): Promise<void> {
  server.plan = row.plan;
  using watching = startWatching([server.url, `${other}/`], { plan: { chainId: 31337 } });
  await watching.cycle();
  assert.equal(oracle.check(watching.accounts), WALLETS);
  assert.ok(watching.accounts.every(({ failure }) => failure === undefined), "the other endpoint did not take over");
}

/** I10: fresh at the latest a cycle after the longest pause. */
async function recovers(watching: Watching, oracle: Oracle): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt++) {
    // Where somebody has to act first, the pause is up to 15 minutes.
    watching.clock.skip(900_000);
    await watching.cycle();
    assert.equal(oracle.check(watching.accounts), WALLETS);
    // A machine with other work to do may take longer than the rig's short timeout over a good answer.
    if (!watching.accounts.some(({ failure }) => failure === "timeout")) break;
  }
  for (const { reading, failure } of watching.accounts) {
    assert.deepEqual([failure, reading?.block?.number], [undefined, oracle.newest.number], "it did not recover");
  }
}

/** I11: the fault is counted under its own name. */
function assertNamed(row: FaultRow, watching: Watching): void {
  const counted = watching.reasons();
  assert.ok(row.reasons.some((reason) => counted.has(reason)), `counted ${[...counted]}, not ${row.reasons}`);
}
