import { forward, type RawReply, serveRaw } from "./raw_server.ts";

/** A plain forwarding proxy for `http:` requests that knows a few hosts. */
export interface HttpProxy extends AsyncDisposable {
  readonly url: string;
  /** The URL of a node by `host[:port][/path]`; the longest entry that fits wins. */
  routes: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

/** Starts the proxy on a free port of 127.0.0.1. A host without a route is answered with 502. */
export async function startHttpProxy(): Promise<HttpProxy> {
  const { port, stop } = await serveRaw(async ({ target, body }) => {
    const node = findRoute(target, proxy.routes);
    return node === undefined ? badGateway : await forward(node, body);
  });
  const proxy: HttpProxy = {
    url: `http://127.0.0.1:${port}`,
    routes: {},
    stop,
    [Symbol.asyncDispose]: stop,
  };
  return proxy;
}

const badGateway: RawReply = {
  status: 502,
  type: "text/plain",
  body: "No route to this host",
};

function findRoute(
  target: string,
  routes: Readonly<Record<string, string>>,
): string | undefined {
  const url = URL.parse(target);
  if (url?.protocol !== "http:") return undefined;
  const place = `${url.host}${url.pathname}`;
  const [best] = Object.entries(routes)
    .filter(([route]) => fits(route.toLowerCase(), place))
    .toSorted(([one], [other]) => other.length - one.length);
  return best?.[1];
}

/** Clients write hosts in lower case, and the path begins where the host ends. */
function fits(route: string, place: string): boolean {
  return place === route || place.startsWith(`${route}/`);
}
