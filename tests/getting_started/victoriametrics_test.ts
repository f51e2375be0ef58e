import assert from "node:assert/strict";
import { skipCheck } from "../fakes/outside_tool.ts";
import { firstInstalled } from "../program/server.ts";
import { until } from "../program/until.ts";
import { commandsOf } from "./commands.ts";
import { startVisit } from "./visit.ts";

interface Rules {
  readonly data: {
    readonly groups: readonly { readonly rules: readonly { readonly name: string; readonly health: string }[] }[];
  };
}

Deno.test("the page for VictoriaMetrics: its rules are loaded, and the exporter is scraped", async () => {
  for (const program of ["victoria-metrics", "vmalert"]) {
    if (await firstInstalled([program]) === undefined) return skipCheck("its page", `there is no ${program}`);
  }
  await using visit = await startVisit();
  for (const { section, text } of commandsOf("vm")) if (section === "1. The exporter") await visit.follow(text);
  for (const { text } of commandsOf("victoriametrics")) await visit.follow(text);
  await until("the balance in VictoriaMetrics", async () => {
    const answer = await fetch("http://127.0.0.1:8428/api/v1/query?query=wallet_balance_eth==5");
    const { data }: { readonly data: { readonly result: readonly unknown[] } } = await answer.json();
    return data.result.length === 1;
  });
  const rules = await until("the rules in vmalert", async () => {
    const { data: { groups } }: Rules = await (await fetch("http://127.0.0.1:8880/api/v1/rules")).json();
    return groups.flatMap(({ rules }) => rules);
  });
  const names = rules.map(({ name }) => name);
  for (const name of ["WalletBalanceBelowMinimum", "WalletBalanceExporterDown"]) assert.ok(names.includes(name), name);
  assert.deepEqual(rules.filter(({ health }) => health === "err"), []);
});
