"""Reads balances one call each over one kept connection, with nothing but the standard library."""
import http.client, json, sys, time, urllib.parse

url, path, rounds = urllib.parse.urlsplit(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with open(path) as file:
    addresses = json.load(file)
connection = http.client.HTTPConnection(url.hostname, url.port)


def balance(number, address):
    body = json.dumps({"jsonrpc": "2.0", "id": number, "method": "eth_getBalance", "params": [address, "latest"]})
    connection.request("POST", "/", body, {"content-type": "application/json"})
    return int(json.loads(connection.getresponse().read())["result"], 16)


walls, total = [], 0
cpu = time.process_time()
for _ in range(rounds):
    started = time.perf_counter()
    total = sum(balance(number, address) for number, address in enumerate(addresses))
    walls.append(1000 * (time.perf_counter() - started))
cpu = 1000 * (time.process_time() - cpu) / rounds
print(json.dumps({"walls": walls, "cpu": cpu, "sum": str(total), "heap": 0}))
