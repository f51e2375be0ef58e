import assert from "node:assert/strict";
import { startAnvil } from "../../dev/anvil.ts";
import { until } from "../program/until.ts";

const address = "0x00000000000000000000000000000000000000aa";

Deno.test("startAnvil() starts a node that keeps a balance set by setBalance()", async () => {
  await using anvil = await startAnvil({ chainId: 4242 });
  await anvil.setBalance(address, 123n * 10n ** 18n);
  const [chainId, balance, port] = [
    await anvil.rpc("eth_chainId"),
    await anvil.rpc("eth_getBalance", [address, "latest"]),
    Number(new URL(anvil.url).port),
  ];
  assert.deepEqual([chainId, balance, port], [
    "0x1092",
    "0x6aaf7c8516d0c0000",
    anvil.port,
  ]);
});

Deno.test("startAnvil() mines blocks at the given block time", async () => {
  await using anvil = await startAnvil({ blockTime: 1, balance: 7 });
  const [account] = await anvil.rpc("eth_accounts") as readonly string[];
  assert.equal(
    await anvil.rpc("eth_getBalance", [account, "latest"]),
    "0x6124fee993bc0000",
  );
  const before = await anvil.rpc("eth_blockNumber");
  await until("a block", async () => await anvil.rpc("eth_blockNumber") !== before);
});

Deno.test("Anvil.rpc() throws the error that the node returns", async () => {
  await using anvil = await startAnvil();
  await assert.rejects(anvil.rpc("no_such_method"), /no_such_method.*-32601/);
});

Deno.test("Anvil.stop() stops the node, and may be called twice", async () => {
  const anvil = await startAnvil();
  await anvil.stop();
  await anvil.stop();
  await assert.rejects(anvil.rpc("eth_chainId"), TypeError);
});

Deno.test("Anvil.gone settles with the last output of a node that was killed", async () => {
  await using anvil = await startAnvil();
  Deno.kill(anvil.pid, "SIGKILL");
  assert.match(
    (await anvil.gone).message,
    /^Anvil exited with code 137:\n[^]*Listening on 127/,
  );
});

Deno.test("startAnvil() throws the reason if the node cannot start", async () => {
  await using anvil = await startAnvil();
  await assert.rejects(
    startAnvil({ port: anvil.port }),
    /^Error: Anvil exited with code 1:\n.*Address already in use/,
  );
});

Deno.test("startAnvil() stops the node after a timeout", async () => {
  const controller = new AbortController();
  const starting = startAnvil({ signal: controller.signal });
  controller.abort(new Error("enough"));
  await assert.rejects(starting, /enough/);
  await assert.rejects(
    startAnvil({ startupMs: 1 }),
    /did not respond within 1 ms/,
  );
});
