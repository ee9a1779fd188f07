# Part of what /join serves: which Node runs the launcher, and by it the launcher's programs, fetched and proven.
# shellcheck shell=sh

# find_node [PATH]: sets `node` to the program itself, for a unit and a later start have another PATH than this shell.
find_node() {
  found=${1:-$(command -v node || true)}
  newer="Install it (your package manager, or https://nodejs.org/en/download) and run this line again, or name another with --node PATH"
  [ -n "$found" ] || refuse "Node 20.19 or newer is needed here, and there is none. $newer"
  node=$("$found" -p process.execPath 2>/dev/null) || node=
  [ -x "$node" ] || refuse "$found is no Node that runs here; 20.19 or newer is needed. $newer"
  "$node" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    refuse "Node 20.19 or newer is needed here; $node is $("$node" --version). $newer"
}

# fetch_bundle URL SHA256 FILE FINGERPRINT: a program of the launcher's in FILE, or nothing at all and a sentence.
#
# By Node and not by curl: it is here in any case, it compares before a byte is written, and it can hold the manager to the
# certificate authority that FINGERPRINT names (sha256:HEX; empty = http, or an authority that this machine trusts).
fetch_bundle() {
  "$node" -e "$FETCH" -- "$@" </dev/null
}

# No single quote may stand in it.
FETCH='
const [url, wanted, file, fingerprint] = process.argv.slice(1);
const { createHash, X509Certificate } = require("node:crypto");
const { dirname } = require("node:path");
const { mkdirSync, writeFileSync } = require("node:fs");
const { gunzipSync } = require("node:zlib");
const BYTES_MAX = 64 * 1024 * 1024;
const SILENCE_MS_MAX = 30_000;
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const hex = (text) => text.replace(/^sha256:/i, "").replaceAll(":", "").toLowerCase();

const get = (from, tls) => new Promise((resolve, reject) => {
  const { get: ask } = require(from.startsWith("https:") ? "node:https" : "node:http");
  const request = ask(from, { timeout: SILENCE_MS_MAX, headers: { "accept-encoding": "gzip" }, ...tls }, (reply) => {
    const pieces = [];
    let length = 0;
    reply.on("data", (piece) => {
      length += piece.length;
      if (length > BYTES_MAX) request.destroy(new Error(`it is larger than ${BYTES_MAX} bytes`));
      else pieces.push(piece);
    });
    reply.on("error", reject);
    reply.on("end", () => {
      const isPacked = reply.headers["content-encoding"] === "gzip";
      try {
        const came = Buffer.concat(pieces);
        const bytes = isPacked ? gunzipSync(came, { maxOutputLength: BYTES_MAX }) : came;
        if (reply.statusCode === 200) resolve(bytes);
        else throw new Error(`HTTP ${reply.statusCode}: ${bytes.toString().slice(0, 300)}`);
      } catch (error) {
        reject(error);
      }
    });
  });
  request.on("timeout", () => request.destroy(new Error(`silent for ${SILENCE_MS_MAX / 1000} s`)));
  request.on("error", reject);
});

// What is not proven yet is read, and used for nothing but to be compared.
async function authority() {
  if (fingerprint === "" || !url.startsWith("https:")) return {};
  const pem = (await get(new URL("/ca.pem", url).href, { rejectUnauthorized: false })).toString();
  const is = hex(new X509Certificate(pem).fingerprint256);
  if (is !== hex(fingerprint))
    throw new Error(`its certificate authority is sha256:${is}, and not the ${fingerprint} of --ca-fingerprint: ` +
      "somebody stands between, or the manager has a new authority; ask for a new line");
  return { ca: pem };
}

authority()
  .then((tls) => get(url, tls))
  .then((bytes) => {
    const is = sha256(bytes);
    if (is !== wanted)
      throw new Error(`what came is not what the manager announced (SHA-256 ${is} instead of ${wanted}): ` +
        "it was changed on its way, or the manager was upgraded meanwhile; run the line again");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes, { flag: "wx" });
  })
  .catch((error) => {
    process.stderr.write(`procguard join: ${url}: ${error.message || error.code}. Nothing was installed.\n`);
    process.exitCode = 1;
  });
'
