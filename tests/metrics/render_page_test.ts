import assert from "node:assert/strict";
import { Gauge, Registry } from "prom-client";
import { writePlain } from "../../src/metrics/kept_text.ts";
import { type Page, pick, renderPage } from "../../src/metrics/render_page.ts";
import { createManualClock } from "../fakes/manual_clock.ts";
import { addressOf, COIN, IDENTITY, type Watched, watched } from "../fakes/watched.ts";

const clock = createManualClock();

function filled(): Watched {
  const all = watched({ "https://a.example/": [{ address: addressOf(1), label: "ü", min_balance_eth: 1 }] }, { clock });
  all.record(0, [COIN]);
  return all;
}

function textOf(parts: readonly Uint8Array[]): string {
  return parts.map((part) => new TextDecoder("utf-8", { fatal: true }).decode(part)).join("");
}

function render({ view, self }: Watched): Promise<Page> {
  return renderPage(view(), "text", { registry: self.registry, identity: IDENTITY, clock }, writePlain());
}

Deno.test("renderPage() marks where each family stands, whatever bytes its characters take", async () => {
  const page = await render(filled());
  for (const { names: [name = ""] } of page.sections) {
    const text = textOf(pick(page, new Set([name])));
    assert.ok(text.startsWith(`# HELP ${name} `), text);
    assert.equal(text.split("# TYPE ").length, 2, "more than one family");
    assert.ok(text.endsWith("\n"));
  }
  assert.equal(textOf(pick(page, new Set(page.sections.flatMap(({ names }) => names)))), textOf([page.text.slice(0)]));
});

Deno.test("renderPage() gives other work its turn while it takes long, and still shows one moment", async () => {
  const all = filled();
  const registry = new Registry();
  const gauge = new Gauge({ name: "block", help: "B", registers: [registry] });
  gauge.set(1);
  let now = 0;
  let turns = 0;
  const slow = { ...clock, now: () => now += 10 };
  const rendering = renderPage(all.view(), "text", { registry, identity: IDENTITY, clock: slow }, writePlain());
  const timer = setTimeout(() => {
    turns++;
    gauge.set(2);
    all.record(0, [2n * COIN]);
  }, 0);
  const text = textOf([(await rendering).text.slice(0)]);
  clearTimeout(timer);
  assert.equal(turns, 1);
  assert.match(text, /^block\{.*\} 1$/m);
  assert.match(text, /^wallet_balance_eth\{.*\} 1$/m);
});

Deno.test("pick() takes families in the page's order, and none for unknown names", async () => {
  const page = await render(filled());
  const names = ["wallet_balance_exporter_up", "nothing", "wallet_balance_eth"];
  const text = textOf(pick(page, new Set(names)));
  assert.deepEqual(text.match(/(?<=^# TYPE )\S+/gm), ["wallet_balance_eth", "wallet_balance_exporter_up"]);
  assert.deepEqual(pick(page, new Set(["nothing"])), []);
});
