/** A notification as Alertmanager posts it to a webhook. */
export interface Notification {
  readonly receiver: string;
  readonly status: "firing" | "resolved";
  readonly alerts: readonly NotifiedAlert[];
}

/** An alert in a notification. */
export interface NotifiedAlert {
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
}

/** A server that records what Alertmanager posts to it. */
export interface Webhook extends AsyncDisposable {
  /** Any path below it works too. */
  readonly url: string;
  /** Everything it has received, in order. */
  readonly received: readonly (Notification & { readonly path: string; readonly atMs: number })[];
}

/**
 * Starts a webhook on 127.0.0.1.
 *
 * @param port any free one by default
 */
export function startWebhook(port = 0): Webhook {
  const received: (Notification & { readonly path: string; readonly atMs: number })[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, async (request) => {
    const notification: Notification = await request.json();
    received.push({ ...notification, path: new URL(request.url).pathname, atMs: Date.now() });
    return new Response();
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    received,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
