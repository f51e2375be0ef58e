import { EXIT, type ExitCode } from "../errors.ts";
import { cleanForeign } from "../redact.ts";
import type { Settings } from "./options.ts";
import type { Output } from "./output.ts";

/** Kubernetes gives a probe one second by default, Docker thirty. */
const PATIENCE = 5000;

/**
 * Asks a running exporter whether it is well.
 *
 * @param settings where it serves
 * @param output where to say what is wrong
 * @returns 0 when it answers 200, else 1
 */
export async function healthcheckCommand(settings: Settings, { out, err }: Output): Promise<ExitCode> {
  const url = settings.url ?? defaultUrl(settings);
  // A probe asks this machine; a proxy meant for the nodes would only be in the way.
  if (settings.url === undefined) Deno.env.set("NO_PROXY", "*");
  const client = Deno.createHttpClient({});
  try {
    const response = await fetch(url, { client, signal: AbortSignal.timeout(PATIENCE), redirect: "manual" });
    const text = cleanForeign(await response.text());
    if (response.status === 200) {
      out(text);
      return EXIT.ok;
    }
    err(`The exporter answers ${response.status}: ${text}`);
  } catch (error) {
    const timedOut = error instanceof DOMException && error.name === "TimeoutError";
    err(timedOut ? `The exporter does not answer within ${PATIENCE / 1000} s` : `No exporter answers at ${url}`);
  } finally {
    client.close();
  }
  return EXIT.refused;
}

function defaultUrl({ listenAddress, port }: Settings): string {
  const { hostname, port: own } = listenAddress ?? { hostname: "", port };
  const host = ["", "0.0.0.0", "::"].includes(hostname) ? "127.0.0.1" : hostname;
  return `http://${host.includes(":") ? `[${host}]` : host}:${own}/-/healthy`;
}
