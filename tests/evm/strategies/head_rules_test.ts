import assert from "node:assert/strict";
import { readDistant, readHead } from "../../../src/evm/strategies/read_head.ts";
import { createSizeLimit, type SizeLimit } from "../../../src/evm/strategies/size_limit.ts";
import { createFakeClock, type FakeClock } from "../../fakes/fake_clock.ts";
import { startLocalNode } from "../../fakes/fake_node.ts";
import { type Opened, openFake } from "../../fakes/open_fake.ts";

const HEAD = { chainId: 5, block: { number: 100n, time: 7 } };
const BLOCK = { number: "0x64", timestamp: "0x7" };

/** Answers a request; `undefined` leaves it to a node that is well. */
type Answer = (
  calls: readonly string[],
  isBatch: boolean,
  signal: AbortSignal,
) => Response | Promise<Response> | undefined;

interface Asked extends Opened {
  readonly clock: FakeClock;
  readonly batch: SizeLimit;
  /** Whether each request so far was a batch. */
  readonly batches: boolean[];
  answer: Answer;
  read(): Promise<unknown>;
}

/** Of the request that is being answered. */
let lastIds: readonly number[] = [];

function open(known: Partial<SizeLimit> = {}, answer: Answer = () => undefined): Asked {
  const clock = createFakeClock();
  const opened = openFake("http://127.0.0.1:9001/", 5000, clock);
  const batch = Object.assign(createSizeLimit(100), known);
  const batches: boolean[] = [];
  const asked = {
    ...opened,
    clock,
    batch,
    batches,
    answer,
    read: () => readHead(opened.endpoint, batch, "latest", opened.limits),
    [Symbol.dispose](): void {
      node[Symbol.dispose]();
      opened[Symbol.dispose]();
    },
  };
  const node = startLocalNode({
    instead({ items, isBatch, signal }) {
      batches.push(isBatch);
      lastIds = items.map(({ id }) => id);
      return asked.answer(items.map(({ method, params }) => `${method} ${params[0] ?? ""}`.trim()), isBatch, signal);
    },
    answer: ({ method }) => method === "eth_chainId" ? "0x5" : BLOCK,
  });
  return asked;
}

/** Answers batches so, and single calls as a node does that is well. */
function onBatches(answer: () => Response): Answer {
  return (_, isBatch) => isBatch ? answer() : undefined;
}

const error = (code: number, message: string) => (): Response => Response.json({ id: null, error: { code, message } });
const status = (code: number) => (): Response => new Response("", { status: code });
const TOO_LARGE = error(-32000, "batch too large");

function hang(signal: AbortSignal): Promise<Response> {
  const { promise, reject } = Promise.withResolvers<Response>();
  signal.addEventListener("abort", () => reject(signal.reason));
  return promise;
}

Deno.test("readHead() requests both at once where batches of two are supported", async () => {
  for (const [size, batches] of [[1, [false, false]], [2, [true]], [100, [true]]] as const) {
    using asked = open({ size });
    assert.deepEqual(await asked.read(), HEAD);
    assert.deepEqual(asked.batches, batches);
  }
});

Deno.test("readHead() notes that a batch of two was answered", async () => {
  for (const [confirmed, after] of [[0, 2], [50, 50]] as const) {
    using asked = open({ confirmed, unclearFailures: 1 });
    await asked.read();
    assert.deepEqual([asked.batch.confirmed, asked.batch.unclearFailures], [after, 0]);
  }
});

Deno.test("readHead() disables batches that are refused where single calls are answered", async () => {
  for (
    const [name, refuse] of Object.entries({
      size: TOO_LARGE,
      no_batch: error(-32600, "batch requests are not supported"),
      time: () =>
        Response.json(
          lastIds.map((id) => ({ id, error: { code: -32000, message: "execution aborted (timeout = 5s)" } })),
        ),
    })
  ) {
    using asked = open({}, onBatches(refuse));
    assert.deepEqual(await asked.read(), HEAD, name);
    assert.deepEqual([asked.batch.size, asked.batches], [1, [true, false, false]], name);
    assert.equal(asked.batch.refusedAt, asked.clock.now());
    assert.equal(asked.batch.ttlMs, name === "time" ? 600_000 : 86_400_000);
  }
});

Deno.test("readHead() disables batches though four at once were answered before", async () => {
  for (const refuse of [TOO_LARGE, status(404)]) {
    using asked = open({ confirmed: 4, unclearFailures: 1 }, onBatches(refuse));
    assert.deepEqual([await asked.read(), asked.batch.size], [HEAD, 1]);
  }
});

Deno.test("readHead() keeps batches where single calls fail as well", async () => {
  for (const refuse of [TOO_LARGE, status(500)]) {
    using asked = open({}, refuse);
    await assert.rejects(asked.read(), { name: "RpcError" });
    assert.equal(asked.batch.size, 100);
  }
});

/** How often in a row an answer that is not clear is borne where batches were answered before. */
const UNCLEAR: Readonly<Record<string, readonly [refuse: () => Response, times: number]>> = {
  http_client: [status(404), 2],
  not_json: [() => new Response("<html>"), 2],
  envelope: [() => Response.json("boo"), 2],
  rpc_error: [error(-32603, "internal error"), 2],
  http_server: [status(500), 3],
};

for (const [reason, [refuse, times]] of Object.entries(UNCLEAR)) {
  Deno.test(`readHead() disables confirmed batches after the answer ${reason} came ${times} times in a row`, async () => {
    using asked = open({ confirmed: 2 }, onBatches(refuse));
    for (let count = 1; count < times; count++) await assert.rejects(asked.read(), { reason });
    assert.deepEqual([await asked.read(), asked.batch.size], [HEAD, 1]);
    // In between they were answered.
    using other = open({ confirmed: 2 });
    for (let count = 0; count < 4; count++) {
      other.answer = onBatches(refuse);
      await assert.rejects(other.read(), { reason });
      other.answer = () => undefined;
      assert.deepEqual(await other.read(), HEAD);
    }
  });

  Deno.test(`readHead() requests each alone at once where batches were never answered: ${reason}`, async () => {
    using asked = open({ confirmed: 1 }, onBatches(refuse));
    assert.deepEqual([await asked.read(), asked.batch.size], [HEAD, 1]);
    assert.deepEqual(asked.batches, [true, false, false, true]);
    // It passed meanwhile.
    let count = 0;
    using other = open({}, (_, isBatch) => isBatch && count++ === 0 ? refuse() : undefined);
    assert.deepEqual([await other.read(), other.batch.size], [HEAD, 100]);
  });
}

Deno.test("readHead() treats a closed connection as unclear as well", async () => {
  for (
    const [reason, message] of [
      ["reset", "connection closed before message completed"],
      ["protocol", "invalid HTTP version parsed"],
    ] as const
  ) {
    using asked = open({ confirmed: 2 }, (_, isBatch) => {
      if (isBatch) throw new TypeError(`error sending request for url: ${message}`);
      return undefined;
    });
    for (let count = 1; count < 3; count++) await assert.rejects(asked.read(), { reason });
    assert.deepEqual([await asked.read(), asked.batch.size], [HEAD, 1]);
  }
});

Deno.test("readHead() does not retry after errors that do not concern batches", async () => {
  for (const [code, reason] of [[401, "auth"], [402, "quota"], [429, "throttled"]] as const) {
    using asked = open({}, onBatches(status(code)));
    await assert.rejects(asked.read(), { reason });
    assert.deepEqual([asked.batches, asked.batch.size, asked.batch.hung], [[true], 100, false]);
  }
});

Deno.test("readHead() disables batches that were lost, however large earlier ones were", async () => {
  for (const [reason, [refuse, times]] of Object.entries(UNCLEAR)) {
    using asked = open({ confirmed: 100 }, onBatches(refuse));
    for (let count = 1; count < times; count++) await assert.rejects(asked.read(), { reason });
    assert.deepEqual([await asked.read(), asked.batch.size], [HEAD, 1], reason);
  }
  using asked = open({ confirmed: 100 }, onBatches(error(-32600, "batch requests are not supported")));
  assert.deepEqual([await asked.read(), asked.batch.size], [HEAD, 1]);
});

Deno.test("readHead() disables batches when two items are refused as too large twice in a row, where many were answered before", async () => {
  using asked = open({ confirmed: 5 }, onBatches(TOO_LARGE));
  for (const size of [100, 100, 1]) assert.deepEqual([await asked.read(), asked.batch.size], [HEAD, size]);
  assert.deepEqual([asked.batches.length, asked.batch.refused], [3 * 3, 2]);
  // In between they were answered.
  let batches = 0;
  using other = open({ confirmed: 5 }, (_, isBatch) => isBatch && ++batches % 2 > 0 ? TOO_LARGE() : undefined);
  for (let count = 0; count < 12; count++) assert.deepEqual([await other.read(), other.batch.size], [HEAD, 100]);
});

Deno.test("readHead() keeps batches where the second one failed in a way that has nothing to do with them", async () => {
  for (const [code, size] of [[429, 100], [401, 100], [500, 1]] as const) {
    let batches = 0;
    const answer = onBatches(() => new Response("", { status: batches++ === 0 ? 500 : code }));
    using asked = open({ confirmed: 100, unclearFailures: 2 }, answer);
    assert.deepEqual([await asked.read(), asked.batch.size], [HEAD, size], String(code));
  }
  let batches = 0;
  using asked = open({ unclearFailures: 2 }, onBatches(() => batches++ === 0 ? status(500)() : TOO_LARGE()));
  assert.deepEqual([await asked.read(), asked.batch.size], [HEAD, 1]);
});

Deno.test("readHead() requests each alone first after confirmed batches hung three times in a row", async () => {
  using asked = open({ confirmed: 100 }, (_, isBatch, signal) => isBatch ? hang(signal) : undefined);
  for (const hung of [false, false, true]) {
    const reading = assert.rejects(asked.read(), { reason: "timeout" });
    await asked.clock.advance(5000);
    await reading;
    assert.deepEqual([asked.batch.hung, asked.batch.size], [hung, 100]);
  }
  const reading = asked.read();
  await asked.clock.advance(5000);
  assert.deepEqual([await reading, asked.batch.size], [HEAD, 1]);
});

Deno.test("readHead() requests each alone first where a batch hung, and none was ever answered", async () => {
  for (const [confirmed, hung] of [[1, true], [2, false]] as const) {
    using asked = open({ confirmed }, (_, isBatch, signal) => isBatch ? hang(signal) : undefined);
    const reading = assert.rejects(asked.read(), { reason: "timeout" });
    await asked.clock.advance(5000);
    await reading;
    assert.equal(asked.batch.hung, hung);
  }
  using asked = open({ hung: true });
  assert.deepEqual([await asked.read(), asked.batches], [HEAD, [false, false, true]]);
  assert.deepEqual([asked.batch.hung, asked.batch.size], [false, 100]);
});

Deno.test("readHead() waits half of what is left for a batch, where each alone was answered", async () => {
  using asked = open({ hung: true }, (_, isBatch, signal) => isBatch ? hang(signal) : undefined);
  let isOver = false;
  const limits = { ...asked.limits, timeout: 1_000_000 };
  const reading = readHead(asked.endpoint, asked.batch, "latest", limits).then((head) => {
    isOver = true;
    return head;
  });
  const half = limits.deadline.remaining() / 2;
  await asked.clock.advance(half - 1);
  assert.equal(isOver, false);
  await asked.clock.advance(1);
  assert.deepEqual([await reading, asked.batch.size], [HEAD, 1]);
});

Deno.test("readHead() reports why the chain or the block is missing", async () => {
  for (
    const [failing, reason] of [["eth_chainId", "rpc_error"], ["eth_getBlockByNumber", "state_unavailable"]] as const
  ) {
    for (const size of [1, 100]) {
      using asked = open({ size, confirmed: 2 }, (calls, isBatch) => {
        const message = failing === "eth_chainId" ? "boo" : "header not found";
        const replies = calls.map((call, index) => ({
          id: lastIds[index],
          ...call.startsWith(failing)
            ? { error: { code: -32000, message } }
            : { result: call === "eth_chainId" ? "0x5" : BLOCK },
        }));
        return Response.json(isBatch ? replies : replies[0]);
      });
      await assert.rejects(asked.read(), { reason });
    }
  }
});

Deno.test("readHead() does not take a fault of ours for an endpoint's", async () => {
  const broken = {
    get confirmed(): number {
      throw new RangeError("boo");
    },
  };
  using asked = open();
  Object.defineProperty(asked.batch, "confirmed", Object.getOwnPropertyDescriptor(broken, "confirmed") ?? {});
  await assert.rejects(asked.read(), RangeError);
  using hung = open({ hung: true });
  Object.defineProperty(hung.batch, "unclearFailures", {
    set(): never {
      throw new RangeError("boo");
    },
  });
  await assert.rejects(hung.read(), RangeError);
});

/** Finds a block where those exist of which `exists` is true. */
async function find(
  latest: bigint,
  distance: number,
  exists: (number: number) => boolean,
  message: string | null = "null round",
): Promise<unknown> {
  using asked = open();
  const found: unknown[] = [];
  asked.answer = (calls) => {
    const number = String(calls[0]?.split(" ")[1]);
    found.push(Number(number));
    return exists(Number(number))
      ? Response.json({ id: lastIds[0], result: { ...BLOCK, number } })
      : Response.json({ id: lastIds[0], ...message === null ? { result: null } : { error: { code: 12, message } } });
  };
  const read = readDistant(asked.endpoint, { number: latest, time: 7 }, distance, asked.limits);
  return await read.then(({ number }) => number, ({ reason }) => [reason, found.length]);
}

Deno.test("L10: readDistant() goes back over null rounds, ten at most, and not before the first block", async () => {
  assert.equal(await find(100n, -3, () => true), 97n);
  assert.equal(await find(2n, -3, () => true), 0n);
  assert.equal(await find(3n, -3, () => true), 0n);
  assert.equal(await find(100n, -3, (number) => number <= 87), 87n);
  assert.deepEqual(await find(100n, -3, (number) => number <= 86), ["state_unavailable", 11]);
  assert.deepEqual(await find(4n, -3, () => false), ["state_unavailable", 2]);
});

Deno.test("L10: readDistant() goes back over blocks that are null, three at most", async () => {
  assert.equal(await find(100n, -3, (number) => number <= 94, null), 94n);
  assert.deepEqual(await find(100n, -3, (number) => number <= 93, null), ["state_unavailable", 4]);
  assert.deepEqual(await find(1n, -3, () => false, null), ["state_unavailable", 1]);
});

Deno.test("L10: readDistant() knows null rounds by their words", async () => {
  const words = [
    "requested epoch was a null round",
    "null-round",
    "nullround",
    "null tipset",
    "skipped slot",
    "Skipped round",
    "skipped epoch",
  ];
  for (const message of words) assert.equal(await find(100n, -3, (number) => number <= 96, message), 96n, message);
  for (const message of ["header not found", "round 97", "skipped"]) {
    const [, requests] = await find(100n, -3, (number) => number <= 96, message) as readonly [unknown, number];
    assert.equal(requests, 1, message);
  }
});

Deno.test("readHead() does not retry after a method was refused, where batches were answered before", async () => {
  using asked = open({ confirmed: 2 }, (_, isBatch) => {
    const error = { code: -32601, message: "the method eth_chainId does not exist/is not available" };
    return isBatch ? Response.json(lastIds.map((id) => ({ id, error }))) : undefined;
  });
  await assert.rejects(asked.read(), { refusal: "unsupported" });
  assert.deepEqual(asked.batches, [true]);
});

Deno.test("L10: readDistant() does not take a fault of ours for a null round", async () => {
  using asked = open();
  let calls = 0;
  Object.defineProperty(asked.endpoint, "pacer", {
    get(): never {
      calls++;
      throw new RangeError("null round");
    },
  });
  await assert.rejects(readDistant(asked.endpoint, { number: 9n, time: 7 }, -3, asked.limits), RangeError);
  assert.equal(calls, 1);
});
