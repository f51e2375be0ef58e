import assert from "node:assert/strict";
import { keepListening, type ListeningOptions } from "../../src/server/listener.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { createFakeClock, settle } from "../fakes/fake_clock.ts";

/** A listener whose results are set by a test. */
interface FakeListener {
  readonly listener: Deno.TcpListener;
  readonly isClosed: () => boolean;
  /** Connections are accepted, errors thrown. */
  readonly give: (next: Deno.TcpConn | Error) => Promise<void>;
}

function fakeListener(): FakeListener {
  let waiting = Promise.withResolvers<Deno.TcpConn>();
  let isClosed = false;
  const listener = {
    addr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
    accept: () => isClosed ? Promise.reject(new Deno.errors.BadResource("closed")) : waiting.promise,
    close(): void {
      if (isClosed) throw new Deno.errors.BadResource("closed");
      isClosed = true;
      waiting.reject(new Deno.errors.BadResource("closed"));
    },
  } as unknown as Deno.TcpListener;
  return {
    listener,
    isClosed: () => isClosed,
    async give(next): Promise<void> {
      const { resolve, reject } = waiting;
      waiting = Promise.withResolvers();
      waiting.promise.catch(() => {});
      if (next instanceof Error) reject(next);
      else resolve(next);
      await settle();
    },
  };
}

const connection = {} as Deno.TcpConn;
const exhausted = (): Error => Object.assign(new Error("Too many open files"), { code: "EMFILE" });

interface Scene {
  readonly options: ListeningOptions;
  readonly accepted: Deno.TcpConn[];
  readonly clock: ReturnType<typeof createFakeClock>;
  /** Listeners that were opened after the first; what is an error cannot be opened. */
  readonly next: (FakeListener | Error)[];
  readonly exhaustions: () => number;
  readonly first: FakeListener;
}

function scene(...next: (FakeListener | Error)[]): Scene {
  const [clock, first] = [createFakeClock(), fakeListener()];
  const accepted: Deno.TcpConn[] = [];
  let exhaustions = 0;
  const options: ListeningOptions = {
    wanted: { hostname: "127.0.0.1", port: 0 },
    open({ port }) {
      const opened = port === 0 ? first : next.shift();
      if (opened === undefined || opened instanceof Error) throw opened ?? new Deno.errors.AddrInUse("in use");
      return opened.listener;
    },
    onConnection: (each) => void accepted.push(each),
    onExhausted: () => exhaustions++,
    clock,
  };
  return { options, accepted, clock, next, exhaustions: () => exhaustions, first };
}

Deno.test("keepListening() accepts connections until it is closed", async () => {
  const { options, accepted, first } = scene();
  const listening = keepListening(options);
  for (let count = 0; count < 3; count++) await first.give(connection);
  assert.equal(accepted.length, 3);
  listening.close();
  assert.ok(first.isClosed());
});

Deno.test("keepListening() makes room without file descriptors, and keeps its listener", async () => {
  const { options, accepted, clock, exhaustions, first } = scene();
  const listening = keepListening(options);
  await first.give(exhausted());
  assert.equal(exhaustions(), 1);
  await clock.advance(1000);
  await first.give(connection);
  assert.deepEqual([accepted.length, listening.problem, first.isClosed()], [1, undefined, false]);
  listening.close();
});

Deno.test("keepListening() keeps its listener and its queue while there are no file descriptors", async () => {
  using log = catchLog();
  const { options, accepted, clock, exhaustions, first } = scene(fakeListener());
  const listening = keepListening(options);
  for (let count = 0; count < 10; count++) {
    await first.give(exhausted());
    await clock.advance(1000);
  }
  assert.deepEqual([first.isClosed(), exhaustions()], [false, 10]);
  assert.match(listening.problem ?? "", /^not listening on 127\.0\.0\.1:1: Too many open files$/);
  await first.give(connection);
  assert.deepEqual([accepted.length, listening.problem], [1, undefined]);
  assert.deepEqual(log.lines.map(({ msg }) => msg), ["Not listening, retrying", "Listening again"]);
  listening.close();
});

Deno.test("keepListening() reopens its listener after any failure, and reports the problem meanwhile", async () => {
  using log = catchLog();
  const [second, third] = [fakeListener(), fakeListener()];
  const { options, accepted, clock, first, next } = scene(new Error("no memory"), exhausted());
  const listening = keepListening(options);
  for (const error of [exhausted(), new Deno.errors.ConnectionAborted("gone"), new Error("odd")]) {
    await first.give(error);
    await clock.advance(1000);
  }
  assert.ok(first.isClosed());
  assert.match(listening.problem ?? "", /^not listening on 127\.0\.0\.1:1: /);
  await clock.advance(5000);
  assert.match(listening.problem ?? "", /in use/);
  next.push(second, third);
  await clock.advance(1000);
  assert.equal(listening.problem, undefined);
  await second.give(connection);
  assert.equal(accepted.length, 1);
  assert.deepEqual(log.lines.map(({ msg }) => msg), ["Not listening, retrying", "Listening again"]);
  listening.close();
  assert.deepEqual([second.isClosed(), third.isClosed()], [true, false]);
});

Deno.test("keepListening() stops during the delay before a retry", async () => {
  using _ = catchLog();
  const { options, clock, first } = scene();
  const listening = keepListening(options);
  first.listener.close();
  await settle();
  await clock.advance(3000);
  assert.ok(listening.problem);
  listening.close();
  await settle();
  assert.equal(clock.sleepers, 0);
});
