import assert from "node:assert/strict";
import { skipCheck } from "../fakes/outside_tool.ts";
import { firstInstalled, SERVERS, startServer } from "../program/server.ts";
import { until } from "../program/until.ts";
import { commandsOf } from "./commands.ts";
import { startVisit } from "./visit.ts";

Deno.test("the page for cron, with a Pushgateway and a textfile collector", async () => {
  const gateway = await firstInstalled(SERVERS.pushgateway);
  if (gateway === undefined || await firstInstalled(SERVERS.nodeExporter) === undefined) {
    return skipCheck("the page for cron", "Pushgateway or node_exporter is not installed");
  }
  await using stack = new AsyncDisposableStack();
  const visit = stack.use(await startVisit());
  const pushed = stack.use(
    await startServer({
      command: [gateway, "--web.listen-address=127.0.0.1:9091"],
      port: 9091,
      ready: "/-/ready",
    }),
  );
  // Where a user installs it, but below the visit's folder.
  await visit.standIn("sudo", `exec "\${@//\\/usr\\/local\\/bin\\//../bin/}"`);
  for (const { section, text } of commandsOf("vm")) {
    if (section === "1. The exporter") await visit.follow(text);
  }
  assert.match(visit.printed(), /^ethereum +batcher +\S+ +5 +ETH +1 +fine$/m);
  for (const { text } of commandsOf("cron")) await visit.follow(text);

  const ofBatcher = /^wallet_balance_eth\{.*label="batcher".*\} 5$/m;
  assert.match(await (await fetch(`${pushed.url}/metrics`)).text(), ofBatcher);
  const metrics = await until("node_exporter", async () => {
    const text = await (await fetch("http://127.0.0.1:9100/metrics")).text();
    return ofBatcher.test(text) && text;
  });
  assert.match(metrics, /^node_textfile_mtime_seconds\{file=".*wallets\.prom"\}/m);
  assert.match(metrics, /^node_textfile_scrape_error 0$/m);
  const jobs = await (await fetch(`${pushed.url}/metrics`)).text();
  assert.match(jobs, /^push_time_seconds\{.*job="wallet-balance-exporter".*\}/m);
});
