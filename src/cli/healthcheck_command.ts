import { get as getHttp } from "node:http";
import { get as getHttps } from "node:https";
import { EXIT, type ExitCode } from "../util/errors.ts";
import { cleanForeign } from "../util/redact.ts";
import { ADDRESS_GUARD } from "../http/address_guard.ts";
import { webPrefixes } from "./address_values.ts";
import type { Settings } from "./options.ts";
import type { Output } from "./output.ts";
import { loadWebConfig } from "./web_config_reload.ts";

/** In milliseconds. Kubernetes allows a probe one second by default, Docker thirty. */
const TIMEOUT = 5000;

/** A health page has one line per problem. */
const MAX_PAGE_LENGTH = 4096;

/**
 * Queries the health page of a running exporter.
 *
 * @returns 0 when it returns 200, else 1
 */
export async function healthcheckCommand(settings: Settings, { out, err }: Output): Promise<ExitCode> {
  const url = settings.url ?? await defaultUrl(settings);
  try {
    // The certificate is for the exporter's public name and not for this machine's address.
    const { status, text } = await get(url, settings.url !== undefined);
    if (status === 200) {
      out(text);
      return EXIT.ok;
    }
    err(`The exporter returned ${status}: ${text}`);
  } catch (error) {
    const timedOut = error instanceof Error && error.name === "TimeoutError";
    err(
      timedOut
        ? `No response from the exporter within ${TIMEOUT / 1000} s`
        : `Cannot connect to ${withoutSecrets(url)}`,
    );
  }
  return EXIT.refused;
}

interface HealthPage {
  readonly status: number;
  readonly text: string;
}

/** With Node's client, since `fetch` would use a proxy that is meant for requests to nodes. */
async function get(url: string, rejectUnauthorized: boolean): Promise<HealthPage> {
  const signal = AbortSignal.timeout(TIMEOUT);
  await ADDRESS_GUARD.checkHost(new URL(url).hostname, signal);
  const send = url.startsWith("https:") ? getHttps : getHttp;
  return await new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    const request = send(url, { signal, agent: false, rejectUnauthorized }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > MAX_PAGE_LENGTH) response.destroy();
      });
      response.on("close", () => resolve({ status: response.statusCode ?? 0, text: cleanForeign(text) }));
    });
    request.on("error", reject);
  });
}

/** Without user, password and query. */
function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

async function defaultUrl(settings: Settings): Promise<string> {
  const { listenAddresses, port, webConfig } = settings;
  const { hostname, port: own } = listenAddresses?.[0] ?? { hostname: "", port };
  const host = ["", "0.0.0.0", "::"].includes(hostname) ? "127.0.0.1" : hostname;
  const { routePrefix: prefix } = webPrefixes(settings);
  const isTls = webConfig !== undefined && (await loadWebConfig(webConfig)).tls !== undefined;
  return `${isTls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${own}${prefix}/-/healthy`;
}
