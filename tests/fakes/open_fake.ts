import type { Limits } from "../../src/model/source.ts";
import { type Clock, systemClock } from "../../src/util/clock.ts";
import { startDeadline } from "../../src/http/deadline.ts";
import { type Endpoint, openEndpoint, type RequestRecord } from "../../src/jsonrpc/endpoint.ts";
import type { Reason } from "../../src/jsonrpc/errors.ts";

/** An open endpoint with what was counted of it. */
export interface Opened extends Disposable {
  readonly endpoint: Endpoint;
  readonly records: readonly RequestRecord[];
  readonly faults: readonly Reason[];
  readonly limits: Limits;
}

/**
 * Opens an endpoint on this machine.
 *
 * @param href its URL
 * @param timeout of one request, in milliseconds; a poll has ten times as long
 * @param clock whose milliseconds count
 */
export function openFake(href: string, timeout = 5000, clock: Clock = systemClock): Opened {
  const records: RequestRecord[] = [];
  const faults: Reason[] = [];
  const url = new URL(href);
  const basic = `Basic ${btoa(`${url.username}:${url.password}`)}`;
  const headers = url.password === "" ? [] : [["authorization", basic] as const];
  url.username = "";
  url.password = "";
  const address = { name: url.host, reveal: () => ({ href: url.href, headers }) };
  const endpoint = openEndpoint(address, {
    clock,
    meter: { recordRequest: (record) => records.push(record), recordError: (reason) => faults.push(reason) },
  });
  const deadline = startDeadline(clock, 10 * timeout);
  return {
    endpoint,
    records,
    faults,
    limits: { clock, timeout, deadline },
    [Symbol.dispose]() {
      deadline[Symbol.dispose]();
      endpoint.close();
    },
  };
}
