import { systemClock } from "../src/util/clock.ts";
import { startFaultServer } from "../tests/rig/fault_server.ts";
import { startPast } from "../tests/rig/past.ts";
import { type FirstPoll, pollFirst } from "../tests/rig/poll_past.ts";
import { ms, quantile, type Row } from "./table.ts";

const WALLETS = 3000;
const DELAY = 50;
const RUNS = 5;

/** Measures how long the past of 24 hours takes, and whether the first live balances wait for it. */
export async function benchBackfill(): Promise<readonly Row[]> {
  await using past = await startPast({ wallets: WALLETS });
  await using server = startFaultServer(past.anvil.url);
  server.delay = DELAY;
  const runs: { readonly without: FirstPoll; readonly first: FirstPoll }[] = [];
  for (let run = 0; run < RUNS; run++) {
    const without = await pollFirst(server.url, past.wallets, "outflow: true");
    runs.push({ without, first: await pollFirst(server.url, past.wallets, "backfill: 24h") });
  }
  const median = (of: (run: (typeof runs)[number]) => number): number => quantile(runs.map(of), 0.5);
  const wrong = runs.reduce((sum, { first }) => sum + countWrong(first, past.balanceAt), 0);
  return [
    { what: `first live balances, ${DELAY} ms away`, value: ms(median(({ first }) => first.live)), against: "" },
    { what: "the same without backfill", value: ms(median(({ without }) => without.live)), against: "not earlier" },
    { what: "start to the past of 24 hours", value: ms(median(({ first }) => first.over)), against: "≤ 3,000 ms" },
    {
      what: "requests for it",
      value: String(median(({ first, without }) => first.requests - without.requests)),
      against: "≤ 25",
    },
    { what: `wrong points of ${RUNS} × ${WALLETS} × 24`, value: String(wrong), against: "0" },
  ];
}

/** Points that are missing, or not what the wallet had in that hour. */
function countWrong({ state }: FirstPoll, balanceAt: (wallet: number, hours: number) => bigint): number {
  let wrong = 0;
  for (const [index, { account }] of state.plan.wallets.entries()) {
    const amount = Number(state.accounts.get(account)?.reading?.amount);
    const points = state.history.points(account);
    wrong += Math.abs(points.length - 25);
    for (const { at, changeSince } of points) {
      const hours = Math.ceil((systemClock.now() - at) / 3_600_000 - 0.02);
      if (Math.abs((amount - changeSince) / Number(balanceAt(index, hours)) - 1) > 1e-6) wrong++;
    }
  }
  return wrong;
}
