import { forward, http, startTcpServer } from "./tcp_server.ts";

/** A plain forwarding proxy for `http:` requests that knows a few hosts. */
export interface HttpProxy extends AsyncDisposable {
  readonly url: string;
  /** The URL of a node by `host[:port][/path]`; the longest entry that fits wins. */
  routes: Readonly<Record<string, string>>;
}

/** Starts the proxy on a free port of 127.0.0.1. A host without a route is answered with 502. */
export function startHttpProxy(): HttpProxy {
  const server = startTcpServer(http(async ({ target, body }) => {
    const node = findRoute(target, proxy.routes);
    if (node === undefined) return new Response("No route to this host", { status: 502 });
    return await forward(node, body).catch((error) => new Response(String(error), { status: 500 }));
  }));
  const proxy: HttpProxy = {
    url: `http://127.0.0.1:${server.port}`,
    routes: {},
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
  return proxy;
}

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
