import { get as getHttp } from "node:http";
import { get as getHttps } from "node:https";
import { EXIT, type ExitCode } from "../util/errors.ts";
import { cleanForeign } from "../util/redact.ts";
import { ADDRESS_GUARD } from "../http/address_guard.ts";
import type { Settings } from "./options.ts";
import type { Output } from "./output.ts";
import { readGuarding } from "./web_guarding.ts";

/** Kubernetes gives a probe one second by default, Docker thirty. */
const PATIENCE = 5000;

/** A health page is a word, or a line for each network. */
const LONGEST_PAGE = 4096;

/**
 * Asks a running exporter whether it is well.
 *
 * @param settings where it serves
 * @param output where to say what is wrong
 * @returns 0 when it answers 200, else 1
 */
export async function healthcheckCommand(settings: Settings, { out, err }: Output): Promise<ExitCode> {
  const own = settings.url === undefined ? await defaultUrl(settings) : undefined;
  const url = own ?? settings.url ?? "";
  try {
    // The certificate is for the name that others know the exporter by, and not for this machine's address.
    const { status, text } = await ask(url, own === undefined);
    if (status === 200) {
      out(text);
      return EXIT.ok;
    }
    err(`The exporter answers ${status}: ${text}`);
  } catch (error) {
    const timedOut = error instanceof Error && error.name === "TimeoutError";
    err(timedOut ? `The exporter does not answer within ${PATIENCE / 1000} s` : `No exporter answers at ${shown(url)}`);
  }
  return EXIT.refused;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Node's client and not `fetch`: a proxy meant for the nodes must not stand between a probe and its exporter. */
async function ask(url: string, rejectUnauthorized: boolean): Promise<Answer> {
  const signal = AbortSignal.timeout(PATIENCE);
  await ADDRESS_GUARD.checkHost(new URL(url).hostname, signal);
  const get = url.startsWith("https:") ? getHttps : getHttp;
  return await new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    const request = get(url, { signal, agent: false, rejectUnauthorized }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > LONGEST_PAGE) response.destroy();
      });
      response.on("close", () => resolve({ status: response.statusCode ?? 0, text: cleanForeign(text) }));
    });
    request.on("error", reject);
  });
}

/** Without a user part or a query. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

async function defaultUrl({ listenAddresses, port, webConfig }: Settings): Promise<string> {
  const { hostname, port: own } = listenAddresses?.[0] ?? { hostname: "", port };
  const host = ["", "0.0.0.0", "::"].includes(hostname) ? "127.0.0.1" : hostname;
  const isTls = webConfig !== undefined && (await readGuarding(webConfig)).tls !== undefined;
  return `${isTls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${own}/-/healthy`;
}
