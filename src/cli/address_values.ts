import type { ListenAddress } from "../server/listener.ts";
import { ValueError } from "./option_values.ts";

/**
 * Parses a TCP port.
 *
 * @returns 0 (any free port) to 65535
 * @throws {ValueError}
 */
export function parsePort(text: string): number {
  const port = /^\s*\d{1,5}\s*$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65535)) throw new ValueError("invalid port; expected a number from 1 to 65535");
  return port;
}

/**
 * Parses listen addresses.
 *
 * @param text such as `:8080`, or several: `127.0.0.1:8080,[::1]:8080`
 * @returns without duplicates
 * @throws {ValueError}
 */
export function parseListenAddresses(text: string): readonly ListenAddress[] {
  const addresses = text.split(",").map(parseListenAddress);
  return addresses.filter(({ hostname, port }, index) =>
    port === 0 || addresses.findIndex((each) => each.hostname === hostname && each.port === port) === index
  );
}

function parseListenAddress(text: string): ListenAddress {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]*):(\d{1,5})$/.exec(text.trim());
  if (match === null) throw new ValueError("invalid address; expected host:port, or :port for all addresses");
  const [, host = "", port = ""] = match;
  return { hostname: host.replace(/^\[|\]$/g, ""), port: parsePort(port) };
}

/**
 * Parses the path of the metrics; `/` takes the place of the page.
 *
 * @throws {ValueError}
 */
export function parsePath(text: string): string {
  const taken = ["/-/healthy", "/-/ready", "/-/reload", "/healthz", "/readyz", "/api/v1/status"];
  if (taken.some((path) => text === path || text === `${path}/`) || text.startsWith("/wallets/")) {
    throw new ValueError("this path is used by another page; choose one such as /metrics");
  }
  if (!/^\/[\w.~/-]*$/.test(text) || URL.parse(text, "http://localhost")?.pathname !== text) {
    throw new ValueError("invalid path; expected one such as /metrics");
  }
  return text;
}

/**
 * Parses a prefix of paths.
 *
 * @param text with or without slashes at its ends
 * @returns with a leading slash only; empty for the root
 * @throws {ValueError}
 */
export function parsePrefix(text: string): string {
  const parts = text.trim().replace(/^\/+|\/+$/g, "").split("/");
  if (parts.length === 1 && parts[0] === "") return "";
  if (parts.some((part) => !/^[\w.~-]+$/.test(part) || part === "." || part === "..")) {
    throw new ValueError("invalid path; expected one such as /balances");
  }
  return `/${parts.join("/")}`;
}

/**
 * Parses the URL under which the exporter is reached.
 *
 * @returns without a trailing slash
 * @throws {ValueError}
 */
export function parseExternalUrl(text: string): string {
  const url = URL.parse(text.trim());
  const isPlain = url !== null && url.username === "" && url.password === "" && !/[?#"']/.test(text);
  if (!isPlain || !/^https?:$/.test(url.protocol)) {
    throw new ValueError("invalid URL; expected one such as https://monitoring.example.org/balances");
  }
  return url.origin + parsePrefix(url.pathname);
}

/** Where requests and links begin; links as requests unless there is an external URL. */
export function webPrefixes(
  { externalUrl, routePrefix }: { readonly externalUrl: string | undefined; readonly routePrefix: string | undefined },
): { readonly routePrefix: string; readonly linkPrefix: string } {
  const path = externalUrl === undefined ? undefined : parsePrefix(new URL(externalUrl).pathname);
  return { routePrefix: routePrefix ?? path ?? "", linkPrefix: path ?? routePrefix ?? "" };
}

/**
 * Parses the URL of an exporter.
 *
 * @throws {ValueError}
 */
export function parseHttpUrl(text: string): string {
  return parseUrl(text, "invalid URL; expected one such as http://localhost:8080/-/healthy");
}

/**
 * Parses the URL of a Pushgateway.
 *
 * @throws {ValueError}
 */
export function parsePushUrl(text: string): string {
  const isBare = !text.includes("://") && URL.parse(`http://${text}`) !== null;
  return parseUrl(
    text,
    isBare ? "missing scheme; expected http://host:port" : "invalid URL; expected one such as http://pushgateway:9091",
  );
}

/**
 * Parses the URLs of Alertmanagers.
 *
 * @throws {ValueError}
 */
export function parseAlertmanagerUrls(text: string): readonly string[] {
  return text.split(",").map((each) => {
    const url = each.trim();
    const isBare = !url.includes("://") && URL.parse(`http://${url}`) !== null;
    const message = text.includes("@")
      ? "invalid URL; encode a comma as %2C, and in the user or password / as %2F and @ as %40"
      : "invalid URL; expected one such as http://alertmanager:9093";
    return parseUrl(url, isBare && !text.includes("@") ? "missing scheme; expected http://host:port" : message);
  });
}

function parseUrl(text: string, message: string): string {
  const url = URL.parse(text);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") throw new ValueError(message);
  return url.href;
}
