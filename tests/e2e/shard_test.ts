import assert from "node:assert/strict";
import { startExporter } from "../program/exporter.ts";
import { firstPoll } from "../program/wait_for_poll.ts";

Deno.test("AL2: the metrics show the shard of a process, if it has one", async () => {
  const env = { WALLET_CONFIG: "{}", RELEASE_NAME: "rel", POD_NAMESPACE: "ns" };
  for (const [shard, labels] of [["1/3", ',shard="1"'], ["", ""]] as const) {
    const exporter = startExporter({ ...env, SHARD: shard });
    try {
      const { text } = await firstPoll(exporter);
      assert.match(text, new RegExp(`^wallet_balance_exporter_up\\{namespace="ns",release="rel"${labels}\\} 1$`, "m"));
    } finally {
      exporter.signal("SIGTERM");
      await exporter.ended;
    }
  }
});
