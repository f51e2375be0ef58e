import assert from "node:assert/strict";
import { skipCheck } from "../fakes/outside_tool.ts";
import { firstInstalled, SERVERS } from "../program/server.ts";
import { until } from "../program/until.ts";
import { commandsOf } from "./commands.ts";
import { startVisit, type Visit } from "./visit.ts";

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

Deno.test("the page for VMs with Prometheus: its rules are loaded, and the exporter is scraped", async () => {
  if (await isMissing("prometheus")) return;
  await using visit = await startVisit();
  await follow(visit, ["1. The exporter", "2. With Prometheus"]);
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
