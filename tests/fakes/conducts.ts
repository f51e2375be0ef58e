import type { Conduct, Connection } from "./raw_node.ts";

const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

/** Ways not to give a complete answer in time. */
export const SILENT: Readonly<Record<string, Conduct>> = {
  "accepts and never answers": async ({ wait }) => await wait(),
  "hears and never answers": async ({ hear, wait }) => {
    await hear();
    await wait();
  },
  "drips headers": async ({ hear, say, drip }) => {
    await hear();
    await say("HTTP/1.1 200 OK\r\n");
    await drip((line) => say(`x-${line}: y\r\n`));
  },
  "sends headers, then nothing": async ({ hear, say, wait }) => {
    await hear();
    await say(`${HEAD}content-length: 10\r\n\r\n`);
    await wait();
  },
  "drips a body": async ({ hear, say, drip }) => {
    await hear();
    await say(`${HEAD}content-length: 1000\r\n\r\n`);
    await drip(() => say(" "));
  },
  "promises more than it sends": async ({ hear, say, wait }) => {
    await hear();
    await say(`${HEAD}content-length: 30\r\n\r\n{"jsonrpc":"2.0"}`);
    await wait();
  },
};

/** Says by its status what is wrong, and never says more. */
export async function endlessErrorPage({ hear, say, wait }: Parameters<Conduct>[0]): Promise<void> {
  await hear();
  await say("HTTP/1.1 429 Oh\r\nretry-after: 7\r\ncontent-length: 100\r\n\r\nOh");
  await wait();
}

/** Ways to break off. */
export const CUT: Readonly<Record<string, Conduct>> = {
  "closes unheard": async () => {},
  "closes unanswered": async ({ hear }) => await hear(),
  "cuts in the headers": async ({ hear, say }) => {
    await hear();
    await say("HTTP/1.1 200 OK\r\ncontent-ty");
  },
  "cuts in the body": async ({ hear, say }) => {
    await hear();
    await say(`${HEAD}content-length: 100\r\n\r\n{"jsonrpc"`);
  },
  "cuts in a chunk": async ({ hear, say }) => {
    await hear();
    await say(`${HEAD}transfer-encoding: chunked\r\n\r\n40\r\n{"jsonrpc"`);
  },
};

/** Ways to speak something else than HTTP. */
export const IMPROPER: Readonly<Record<string, Conduct>> = {
  "speaks gibberish": answering("\x00\x01\x02 tell me more\r\n\r\n"),
  "speaks SSH": answering("SSH-2.0-OpenSSH_9.9\r\n"),
  "gives two lengths": answering(`${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{} `),
  "gives a negative length": answering(`${HEAD}content-length: -1\r\n\r\n{}`),
  "gives no status": answering("HTTP/1.1 OK\r\n\r\n"),
  "never ends its headers": async ({ hear, say }) => {
    await hear();
    await say(`HTTP/1.1 200 OK\r\nx: ${"x".repeat(600_000)}`);
  },
  "says gzip and sends text": answering(`${HEAD}content-encoding: gzip\r\ncontent-length: 14\r\n\r\nthis is a text`),
  "cuts a gzip short": answering(`${HEAD}content-encoding: gzip\r\ncontent-length: 3\r\n\r\n\x1f\x1f\x08`),
  "says brotli and sends text": answering(`${HEAD}content-encoding: br\r\ncontent-length: 14\r\n\r\nthis is a text`),
};

/** Says an encoding that the runtime does not decode. */
export const encodesAsNobodyAsked: Conduct = answering(
  `${HEAD}content-encoding: zstd\r\ncontent-length: 14\r\n\r\nthis is a text`,
);

/** Sends chunks of JSON white space without an end. */
export async function sendEndless({ hear, say }: Connection): Promise<void> {
  await hear();
  await say(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
  const chunk = `1000\r\n${" ".repeat(0x1000)}\r\n`;
  while (true) await say(chunk);
}

/** Says a length of 10 GB and begins to send it. */
export async function sendHuge({ hear, say }: Connection): Promise<void> {
  await hear();
  await say(`${HEAD}content-length: 10000000000\r\n\r\n`);
  while (true) await say(" ".repeat(0x10000));
}

/** Sends a text and closes. */
export function answering(text: string): Conduct {
  return async ({ hear, say, wait }) => {
    await hear();
    await say(text);
    // The client has to read it before the connection goes.
    await wait(20);
  };
}
