import type { Behaviour, Connection } from "./tcp_server.ts";

const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

/** Ways not to give a complete answer in time. */
export const SILENT: Readonly<Record<string, Behaviour>> = {
  "accepts and never answers": async ({ wait }) => await wait(),
  "reads and never answers": async ({ receive, wait }) => {
    await receive();
    await wait();
  },
  "drips headers": async ({ receive, send, drip }) => {
    await receive();
    await send("HTTP/1.1 200 OK\r\n");
    await drip((line) => send(`x-${line}: y\r\n`));
  },
  "sends headers, then nothing": async ({ receive, send, wait }) => {
    await receive();
    await send(`${HEAD}content-length: 10\r\n\r\n`);
    await wait();
  },
  "drips a body": async ({ receive, send, drip }) => {
    await receive();
    await send(`${HEAD}content-length: 1000\r\n\r\n`);
    await drip(() => send(" "));
  },
  "announces more than it sends": async ({ receive, send, wait }) => {
    await receive();
    await send(`${HEAD}content-length: 30\r\n\r\n{"jsonrpc":"2.0"}`);
    await wait();
  },
};

/** Sends the status of an error, and never the whole page. */
export async function endlessErrorPage({ receive, send, wait }: Connection): Promise<void> {
  await receive();
  await send("HTTP/1.1 429 Oh\r\nretry-after: 7\r\ncontent-length: 100\r\n\r\nOh");
  await wait();
}

/** Ways to close the connection too early. */
export const CUT: Readonly<Record<string, Behaviour>> = {
  "closes at once": async () => {},
  "closes without an answer": async ({ receive }) => await receive(),
  "cuts in the headers": async ({ receive, send }) => {
    await receive();
    await send("HTTP/1.1 200 OK\r\ncontent-ty");
  },
  "cuts in the body": async ({ receive, send }) => {
    await receive();
    await send(`${HEAD}content-length: 100\r\n\r\n{"jsonrpc"`);
  },
  "cuts in a chunk": async ({ receive, send }) => {
    await receive();
    await send(`${HEAD}transfer-encoding: chunked\r\n\r\n40\r\n{"jsonrpc"`);
  },
};

/** Answers that are not valid HTTP. */
export const IMPROPER: Readonly<Record<string, Behaviour>> = {
  "sends gibberish": sending("\x00\x01\x02 say more\r\n\r\n"),
  "sends SSH": sending("SSH-2.0-OpenSSH_9.9\r\n"),
  "gives two lengths": sending(`${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{} `),
  "gives a negative length": sending(`${HEAD}content-length: -1\r\n\r\n{}`),
  "gives no status": sending("HTTP/1.1 OK\r\n\r\n"),
  "never ends its headers": async ({ receive, send }) => {
    await receive();
    await send(`HTTP/1.1 200 OK\r\nx: ${"x".repeat(600_000)}`);
  },
  "claims gzip and sends text": sending(`${HEAD}content-encoding: gzip\r\ncontent-length: 14\r\n\r\nthis is a text`),
  "cuts a gzip short": sending(`${HEAD}content-encoding: gzip\r\ncontent-length: 3\r\n\r\n\x1f\x1f\x08`),
  "claims brotli and sends text": sending(`${HEAD}content-encoding: br\r\ncontent-length: 14\r\n\r\nthis is a text`),
};

/** Sends chunks of JSON white space without an end. */
export async function sendEndless({ receive, send }: Connection): Promise<void> {
  await receive();
  await send(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
  const chunk = `1000\r\n${" ".repeat(0x1000)}\r\n`;
  while (true) await send(chunk);
}

/** Announces 10 GB and begins to send them. */
export async function sendHuge({ receive, send }: Connection): Promise<void> {
  await receive();
  await send(`${HEAD}content-length: 10000000000\r\n\r\n`);
  while (true) await send(" ".repeat(0x10000));
}

/** Sends a text and closes. */
export function sending(text: string): Behaviour {
  return async ({ receive, send, wait }) => {
    await receive();
    await send(text);
    // The client has to read it before the connection goes.
    await wait(20);
  };
}

/** Every behaviour, by its name in the rows of the fault matrix. */
export const BEHAVIOURS: ReadonlyMap<string, Behaviour> = new Map(Object.entries({
  ...SILENT,
  ...CUT,
  ...IMPROPER,
  "uses an encoding that is not accepted": sending(
    `${HEAD}content-encoding: zstd\r\ncontent-length: 14\r\n\r\nthis is a text`,
  ),
  "sends an endless body": sendEndless,
  "announces 10 GB": sendHuge,
  "announces a short length": sending(`${HEAD}content-length: 5\r\n\r\n{"jsonrpc":"2.0"}`),
}));

/** Those that do not wait for a request. */
export const AT_ONCE: ReadonlySet<string> = new Set(["closes at once", "accepts and never answers"]);
