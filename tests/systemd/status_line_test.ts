import assert from "node:assert/strict";
import { statusLine } from "../../src/systemd/status_line.ts";
import { createManualClock } from "../fakes/manual_clock.ts";
import { addressOf, COIN, networkAt, watched } from "../fakes/watched.ts";

const wallet = (index: number): { address: string; label: string } => ({ address: addressOf(index), label: "w" });

Deno.test("statusLine() sums up what is watched and how it goes", () => {
  const entries = { "https://a.example/": [wallet(1), wallet(2)], "https://b.example/": [wallet(3)] };
  const { book, record } = watched(entries, { clock: createManualClock() });
  assert.equal(statusLine(book, false), "3 wallets of 2 networks, 0 of 3 balances read; no check yet");
  const refused = "3 wallets of 2 networks, 0 of 3 balances read; no check yet; a changed configuration is REFUSED";
  assert.equal(statusLine(book, true), refused);
  record(0, [COIN, "timeout"]);
  networkAt(book, 0).lastFinished = 1_700_000_000.9;
  assert.equal(
    statusLine(book, false),
    "3 wallets of 2 networks, 1 of 3 balances read; last check 2023-11-14T22:13:20Z",
  );
});

Deno.test("statusLine() speaks of one wallet as of one, and of none", () => {
  const one = watched({ "https://a.example/": [wallet(1)] }, { clock: createManualClock() });
  assert.equal(statusLine(one.book, false), "1 wallet of 1 network, 0 of 1 balance read; no check yet");
  const none = watched({}, { clock: createManualClock() });
  assert.equal(statusLine(none.book, false), "0 wallets of 0 networks, 0 of 0 balances read; no check yet");
});
