import assert from "node:assert/strict";
import * as v from "valibot";
import { onceJson, onceTable } from "../../src/cli/once_output.ts";
import { onceRows } from "../../src/cli/once_rows.ts";
import { readConfig } from "../../src/config/read_config.ts";
import { ConfigError } from "../../src/config/model/problem.ts";
import { csvTree } from "../../src/config/lists/csv_list.ts";
import { walletShape } from "../../src/config/wallets/wallet_schema.ts";
import { createPageStore } from "../../src/metrics/pages/page_store.ts";
import { concat } from "../../src/metrics/pages/piece.ts";
import { createLinks } from "../../src/page/links.ts";
import { overview } from "../../src/page/overview.ts";
import { parseQuery } from "../../src/page/query.ts";
import { walletPage } from "../../src/page/wallet_page.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { createMuteLog } from "../../src/poller/mute_log.ts";
import { createStatusReader } from "../../src/status/status.ts";
import { statusJson } from "../../src/status/status_json.ts";
import { type StatusDocument, statusSchema } from "../../src/status/status_schema.ts";
import { startPosting } from "../alertmanager/posting.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { addressOf, COIN, planOfV2, watched } from "../fakes/watched.ts";

const HOUR = 3_600_000;
const REASON = "moves to a <new> key";

/** A time in the configuration, some seconds after another. */
function after(epoch: number, seconds: number): string {
  return new Date(1000 * (epoch + seconds)).toISOString().replace(".000", "");
}

function textWith(mute: string): string {
  return `version: 2
networks:
  - name: main
    chainId: 1
    endpoints: ["http://node.example/"]
    wallets:
      - { address: "${addressOf(1)}", label: low, thresholds: { minimum: 10 }, mute: ${mute} }
      - { address: "${addressOf(2)}", label: fine, thresholds: { minimum: 1 } }
`;
}

function mutedUntil(until: string, more = ""): Promise<Plan> {
  return planOfV2(`${textWith(`{ until: "${until}", reason: "${REASON}" }`)}${more}`);
}

Deno.test("a mute ends at the begin of a day in UTC, or at a time with its zone", async () => {
  for (
    const [until, end] of [
      ["2027-01-31", "2027-01-31T00:00:00Z"],
      ["2027-01-31T18:00Z", "2027-01-31T18:00:00Z"],
      ["2027-01-31 18:00:30+05:30", "2027-01-31T12:30:30Z"],
    ] as const
  ) {
    const [network] = (await mutedUntil(until)).networks;
    const expected = { until: Date.parse(end) / 1000, reason: REASON };
    assert.deepEqual(network?.wallets.map(({ mute }) => mute), [expected, undefined]);
    assert.deepEqual(network?.muted, network?.wallets.slice(0, 1));
  }
});

Deno.test("a mute needs an end that exists, with a zone, and a reason", async () => {
  const bad = [
    [`{ until: 2027-02-30, reason: x }`, /There is no such time/],
    [`{ until: "2027-01-31T25:00Z", reason: x }`, /There is no such time/],
    [`{ until: "2027-01-31T18:00", reason: x }`, /a date such as 2027-01-31/],
    [`{ until: 2027, reason: x }`, /a date such as 2027-01-31/],
    [`{ until: 2027-01-31 }`, /reason/],
    [`{ until: 2027-01-31, reason: "" }`, /reason/],
    [`2027-01-31`, /mute/],
  ] as const;
  for (const [mute, message] of bad) {
    await assert.rejects(
      readConfig(textWith(mute), "test", { env: () => undefined, file: undefined }),
      (error) => error instanceof ConfigError && message.test(error.message),
      mute,
    );
  }
});

Deno.test("of two mutes of a wallet the one that ends last counts, and a wallet list has columns for one", async () => {
  const text = `      - { address: "${addressOf(1)}", label: low, mute: { until: 2028-01-01, reason: later } }\n`;
  const [network] = (await mutedUntil("2027-01-31", text)).networks;
  assert.equal(network?.wallets[0]?.mute?.reason, "later");
  const list = `address,label,Mute.Until,mute.reason\n${addressOf(1)},low,2027-01-31,away\n${addressOf(2)},fine,,\n`;
  const { kept } = csvTree(list, walletShape(), () => true);
  assert.deepEqual([...kept.values()], [
    { address: addressOf(1), label: "low", mute: { until: "2027-01-31", reason: "away" } },
    { address: addressOf(2), label: "fine" },
  ]);
});

Deno.test("a muted wallet has a sample with its end, and none as soon as that has come", async () => {
  const clock = createFakeClock();
  const end = after(clock.epoch(), 3600);
  const all = watched(await mutedUntil(end), { clock });
  const pages = createPageStore({ ...all, clock });
  const muted = async (): Promise<readonly string[]> => {
    const page = new TextDecoder().decode(concat(await pages.get({ format: "text", gzip: false, names: [] })));
    return page.match(/^wallet_balance_muted.*$/gm) ?? [];
  };
  all.record(0, [COIN, COIN]);
  const sample = `wallet_balance_muted{address="${addressOf(1)}",label="low",muted_until="${end}",namespace="ns",` +
    `network="main",release="rel"} 1`;
  assert.deepEqual(await muted(), [sample]);
  await clock.advance(HOUR - 1000);
  assert.deepEqual(await muted(), [sample]);
  // Nothing is polled.
  await clock.advance(2000);
  assert.deepEqual(await muted(), []);
  pages.close();
});

Deno.test("a muted wallet needs no attention on the page and in the JSON, and does not fail once", async () => {
  const clock = createFakeClock();
  const end = after(clock.epoch(), 3600);
  const all = watched(await mutedUntil(end), { clock });
  const read = createStatusReader({ store: all.store, clock, self: all.self, interval: () => 60_000 });
  const pageOf = async (search: string): Promise<string> =>
    await overview(await read(), parseQuery(new URL(`http://x/${search}`)), createLinks(), clock);
  all.record(0, [COIN, 5n * COIN]);
  const status = await read();
  const document: StatusDocument = v.parse(statusSchema, JSON.parse([...statusJson(status)].join("")));
  assert.deepEqual(document.alerts, []);
  assert.deepEqual(
    document.wallets.map(({ label, mute, balances }) => [label, mute?.reason, balances[0]?.condition]),
    [["low", REASON, "critical"], ["fine", undefined, null]],
  );
  const page = await pageOf("");
  assert.match(page, /All 2 wallets are fine or muted \(1\)/);
  assert.match(page, /muted until <time datetime="[^"]+">[-\d]+ [\d:]+ UTC<\/time>: moves to a &#60;new&#62; key/);
  assert.doesNotMatch(page, /class="[^"]*(low|critical)/);
  for (const [state, labels] of [["attention", []], ["ok", ["fine"]], ["muted", ["low"]]] as const) {
    const rows = (await pageOf(`?state=${state}`)).matchAll(/<th scope="row"><a href="\/wallets[^>]*>(\w+)<\/a>/g);
    assert.deepEqual([...rows].map(([, label]) => label), labels, state);
  }
  const [low] = status.wallets.filter(({ mute }) => mute !== undefined);
  assert.ok(low !== undefined);
  const own = walletPage({ status, wallets: [low], common: [], isPaused: false, links: createLinks(), clock });
  assert.match(own, /<h1 class="fine">low<\/h1>[^]*muted until/);
  const rows = onceRows(all.store, clock);
  assert.match(onceTable(rows), new RegExp(`critically low, muted until ${end}`));
  assert.deepEqual(
    JSON.parse(onceJson(rows, 0)).balances.map(({ mute }: { readonly mute: unknown }) => mute),
    [low.mute, undefined],
  );
  await clock.advance(HOUR);
  assert.match(await pageOf(""), /1 wallet needs attention/);
});

Deno.test("no alert of a muted wallet is posted until its mute ends", async () => {
  await using all = startPosting(await mutedUntil(after(createFakeClock().epoch(), 3600)));
  const poll = async (minutes: number, ...outcomes: Parameters<typeof all.record>[1]): Promise<readonly string[]> => {
    for (let minute = 0; minute < minutes; minute++) {
      all.record(0, outcomes);
      await all.clock.advance(60_000);
    }
    return all.firing();
  };
  const others = ["BelowMinimum fine 1", "Heartbeat"];
  assert.deepEqual(await poll(2, COIN, COIN / 2n), others);
  assert.deepEqual(await poll(50, "timeout", COIN / 2n), others);
  assert.deepEqual(await poll(30, "timeout", COIN / 2n), [
    "BelowMinimum fine 1",
    "BelowMinimum low 10",
    "CheckFailing low",
    "CriticallyLow low",
    "Heartbeat",
    "Stale low",
  ]);
});

Deno.test("what a wallet lost while it was muted is not posted afterwards", async () => {
  await using all = startPosting(await mutedUntil(after(createFakeClock().epoch(), 2 * 3600)));
  for (let minute = 0; minute < 146; minute++) {
    // Both are emptied half an hour before the end.
    all.record(0, minute < 90 ? [20n * COIN, 20n * COIN] : [0n, 0n]);
    await all.clock.advance(60_000);
    const emptied = all.firing().filter((name) => name.startsWith("Emptied"));
    assert.deepEqual(emptied, minute < 90 ? [] : ["Emptied fine"], `after ${minute} minutes`);
  }
  assert.ok(all.firing().includes("CriticallyLow low"));
});

Deno.test("a network is unreachable if none of its wallets can be read, and one is not muted", async () => {
  await using all = startPosting(await mutedUntil(after(createFakeClock().epoch(), 8 * 3600)));
  const poll = async (...outcomes: Parameters<typeof all.record>[1]): Promise<readonly string[]> => {
    for (let minute = 0; minute < 20; minute++) {
      all.record(0, outcomes);
      await all.clock.advance(60_000);
    }
    return all.firing();
  };
  assert.deepEqual(await poll("timeout", COIN), ["Heartbeat"]);
  assert.deepEqual(await poll(COIN, "timeout"), ["CheckFailing fine", "Heartbeat"]);
  assert.deepEqual(await poll("timeout", "timeout"), ["Heartbeat", "NetworkUnreachable main"]);
});

Deno.test("begin and end of a mute are logged once", async () => {
  using log = catchLog();
  let seen = 0;
  const lines = (): readonly unknown[] => {
    const fresh = log.lines.slice(seen);
    seen = log.lines.length;
    return fresh.map(({ msg, wallet, reason }) => [msg, wallet, reason]);
  };
  const [plan] = (await mutedUntil("2027-01-31")).networks;
  const [again] = (await mutedUntil("2027-01-31")).networks;
  const [without] =
    (await planOfV2(textWith("{ until: 2027-01-31, reason: x }").replace(/, mute: .*? \}/, ""))).networks;
  assert.ok(plan !== undefined && again !== undefined && without !== undefined);
  const end = Date.parse("2027-01-31") / 1000;
  const logMutes = createMuteLog("main");
  const begin = ["Wallet is muted: it has no alerts", "low", REASON];
  const over = ["Wallet is no longer muted", "low", undefined];
  logMutes(plan, end - 10);
  logMutes(plan, end - 5);
  logMutes(again, end - 1);
  assert.deepEqual(lines(), [begin]);
  logMutes(again, end);
  logMutes(again, end + 60);
  assert.deepEqual(lines(), [over]);
  logMutes(plan, end - 10);
  logMutes(without, end - 5);
  assert.deepEqual(lines(), [begin, over]);
});
