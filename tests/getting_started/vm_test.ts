import assert from "node:assert/strict";
import { skipCheck } from "../fakes/outside_tool.ts";
import { firstInstalled, SERVERS } from "../program/server.ts";
import { until } from "../program/until.ts";
import { startWebhook } from "../program/webhook.ts";
import { commandsOf } from "./commands.ts";
import { COIN, startVisit, type Visit, WALLET } from "./visit.ts";

/** Limits in milliseconds, from an empty folder, and from the transaction to the message. */
const MAX_PAGE_MS = 300_000;
const MAX_MESSAGE_MS = 60_000;

const PROMETHEUS = "http://127.0.0.1:9090/api/v1";

async function isMissing(server: keyof typeof SERVERS): Promise<boolean> {
  if (await firstInstalled(SERVERS[server]) !== undefined) return false;
  skipCheck(`the page for VMs with ${server}`, "it is not installed");
  return true;
}

/** Follows the page, or some of its sections. */
async function follow(visit: Visit, sections?: readonly string[]): Promise<void> {
  for (const { section, text } of commandsOf("vm")) {
    if (sections?.includes(section) !== false) await visit.follow(text);
  }
}

async function query<T>(path: string): Promise<T> {
  return (await (await fetch(`${PROMETHEUS}/${path}`)).json()).data;
}

Deno.test("the whole page for VMs: from an empty folder to the message about a drained wallet", async () => {
  if (await isMissing("alertmanager") || await isMissing("prometheus")) return;
  await using stack = new AsyncDisposableStack();
  const webhook = stack.use(startWebhook(5001));
  const start = Date.now();
  const visit = stack.use(await startVisit());
  await follow(visit);
  const ofWallet = (name: string): number | undefined =>
    webhook.received.find(({ alerts }) =>
      alerts.some(({ labels }) => labels["alertname"] === name && labels["address"] === WALLET)
    )?.atMs;
  await until("the first poll", () => visit.printed().split('msg="First poll succeeded"').length > 2);
  assert.equal(ofWallet("WalletBalanceBelowMinimum"), undefined);

  const drained = Date.now();
  await visit.node.setBalance(WALLET, COIN / 10n);
  for (const name of ["WalletBalanceBelowMinimum", "WalletBalanceCriticallyLow"]) {
    const at = await until(name, () => ofWallet(name));
    assert.ok(at - drained < MAX_MESSAGE_MS, `${name} took ${at - drained} ms`);
  }
  assert.ok(Date.now() - start < MAX_PAGE_MS);
  const severities = webhook.received.flatMap(({ alerts }) => alerts.map(({ labels }) => labels["severity"]));
  assert.ok(!severities.includes("none"), "the heartbeat is a message for nobody");
});

Deno.test("the page for VMs with Prometheus: its rules are loaded, and the exporter is scraped", async () => {
  if (await isMissing("prometheus")) return;
  await using visit = await startVisit();
  await follow(visit, ["1. The exporter", "3. With Prometheus"]);
  interface Rules {
    readonly groups: readonly { readonly rules: readonly { readonly name: string; readonly health: string }[] }[];
  }
  await until("the balance in Prometheus", async () => {
    const { result } = await query<{ readonly result: readonly unknown[] }>("query?query=wallet_balance_eth==5");
    return result.length === 1;
  });
  const { groups } = await query<Rules>("rules");
  const names = groups.flatMap(({ rules }) => rules.map(({ name }) => name));
  for (const name of ["WalletBalanceBelowMinimum", "WalletBalanceExporterDown"]) assert.ok(names.includes(name), name);
});
