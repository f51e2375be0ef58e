import { log } from "../util/log.ts";
import { protect } from "../util/redact.ts";

const VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];

/**
 * Says which proxy requests to nodes go through, since that surprises people.
 *
 * @param env reads a variable of the environment
 */
export function reportProxy(env: (name: string) => string | undefined): void {
  for (const name of VARIABLES.flatMap((each) => [each, each.toLowerCase()])) {
    const text = env(name);
    if (text === undefined || text === "") continue;
    const url = URL.parse(text.includes("://") ? text : `http://${text}`);
    if (url !== null) {
      protect(url.password);
      protect(`${url.username}:${url.password}`);
    }
    log.info("Requests to nodes go through a proxy", { variable: name, proxy: url?.host ?? "unreadable" });
  }
}
