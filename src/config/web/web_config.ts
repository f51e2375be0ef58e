import { EXIT, ExitError } from "../../util/errors.ts";
import { type Stamp, stampOf } from "../files/stamps.ts";
import { createReporter, Field } from "../source/source_tree.ts";
import { parse } from "../source/validator.ts";
import { ConfigError } from "../model/problem.ts";
import { readText, resolveRelative } from "../files/read_text.ts";
import { yamlTree } from "../source/yaml_tree.ts";
import { httpShape, tlsShape, webShape, whyUnsupported } from "./web_schema.ts";

/** TLS and users of the listener: a file in the format of the Prometheus exporter toolkit. */
export interface WebConfig {
  /** Certificate chain and key as PEM; none for plain HTTP. */
  readonly tls: Deno.TlsCertifiedKeyPem | undefined;
  /** Sent with every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** bcrypt hashes of passwords by user; empty without authentication. */
  readonly users: ReadonlyMap<string, string>;
}

/** Of a web configuration or a certificate. */
const MAX_FILE_BYTES = 1024 * 1024;

/**
 * Reads the file that `--web.config.file` names:
 * https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md
 *
 * @throws {ConfigError} when anything in it is invalid or not supported
 * @throws {ExitError} when it cannot be read
 */
export async function readWebConfig(file: string, stamps: Map<string, Stamp> = new Map()): Promise<WebConfig> {
  stamps.set(file, await stampOf(file));
  const text = await readText(file, MAX_FILE_BYTES);
  if (typeof text !== "string") {
    const advice = "Check --web.config.file, and that the file is mounted and readable for this user";
    throw new ExitError(EXIT.refused, `Cannot read the web configuration ${file}: ${text.why}`, advice);
  }
  const nothing: WebConfig = { tls: undefined, headers: {}, users: new Map() };
  // An empty file is a valid one, which changes nothing.
  if (/^(\s*(#.*)?(\n|$))*$/.test(text)) return nothing;
  const tree = yamlTree(text, file);
  const reporter = createReporter(tree);
  const root = new Field(tree.value, reporter);
  const written = parse(webShape, supported(root));
  for (const name of Object.keys(root.at("basic_auth_users").value ?? {})) {
    // The schema library drops these, and authentication would be off.
    if (!UNSAFE_NAMES.has(name)) continue;
    root.at("basic_auth_users").at(name).error("Invalid user name", "Choose another", "key");
  }
  const [tlsServer, server] = [root.at("tls_server_config"), root.at("http_server_config")];
  const tls = tlsServer.value === undefined ? undefined : await readTls(supported(tlsServer), file, stamps);
  const http = server.value === undefined ? undefined : parse(httpShape, supported(server));
  const { problems } = reporter;
  if (problems.length > 0) throw new ConfigError(file, problems);
  const headers = Object.fromEntries(
    Object.entries(http?.headers ?? {}).flatMap(([name, value]) => value === undefined ? [] : [[name, value]]),
  );
  return { tls, headers, users: new Map(Object.entries(written?.basic_auth_users ?? {})) };
}

const UNSAFE_NAMES: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** A section without unsupported keys, which are reported. */
function supported(section: Field): Field {
  const { value } = section;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return section;
  const entries = Object.entries(value).filter(([key, each]) => {
    const field = section.at(key);
    const why = whyUnsupported(field.path.join("."), each);
    if (why !== undefined) field.error(why, "Remove it", "key");
    return why === undefined;
  });
  return section.with(Object.fromEntries(entries));
}

async function readTls(
  section: Field,
  file: string,
  stamps: Map<string, Stamp>,
): Promise<Deno.TlsCertifiedKeyPem | undefined> {
  const written = parse(tlsShape, section);
  if (written === undefined) return undefined;
  const [cert, key] = await Promise.all((["cert", "key"] as const).map(async (part) => {
    const inline = written[part];
    const named = written[`${part}_file`];
    if (inline !== undefined && named !== undefined) {
      section.at(part).error(`${part}_file is set too`, "Keep one of them", "key");
    }
    if (inline !== undefined) return inline;
    if (named === undefined) {
      const message = `Missing required key "${part}_file" or "${part}"`;
      return section.error(message, "TLS needs a certificate and its key");
    }
    const whole = resolveRelative(named, file);
    stamps.set(whole, await stampOf(whole));
    const text = await readText(whole, MAX_FILE_BYTES);
    if (typeof text === "string") return text;
    return section.at(`${part}_file`).error(`Cannot read the file ${whole}: ${text.why}`, "Check the path");
  }));
  return cert === undefined || key === undefined ? undefined : { cert, key };
}
