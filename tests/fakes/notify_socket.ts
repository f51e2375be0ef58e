/** systemd's end of the notify socket. */
export interface NotifySocket extends Disposable {
  readonly path: string;
  /** What was sent together, in order. */
  readonly messages: readonly string[];
}

/**
 * Listens as systemd does.
 *
 * @param path of the socket, which must not be there
 * @param options `listens` is false where nothing is to be read, so that the queue fills
 */
export function startNotifySocket(path: string, { listens = true } = {}): NotifySocket {
  const socket = Deno.listenDatagram({ transport: "unixpacket", path });
  const messages: string[] = [];
  const decoder = new TextDecoder();
  (async () => {
    if (!listens) return;
    for await (const [bytes] of socket) messages.push(decoder.decode(bytes));
  })();
  return {
    path,
    messages,
    [Symbol.dispose](): void {
      socket.close();
      Deno.removeSync(path);
    },
  };
}
