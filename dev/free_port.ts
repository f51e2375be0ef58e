/** Whether nobody listens on this port of the local machine, on IPv4 or IPv6. */
export function isFreePort(port: number): boolean {
  return ["127.0.0.1", "::1"].every((hostname) => {
    try {
      Deno.listen({ hostname, port }).close();
      return true;
    } catch (error) {
      // Any other error is no sign of a listener; a machine may lack IPv6, for one.
      return !(error instanceof Deno.errors.AddrInUse);
    }
  });
}
