// SPDX-License-Identifier: GPL-2.0-or-later
// DuckDB with the two arguments of its shell that our tests use: duckdb.mjs -json -c STATEMENT.
// Prints the rows as one JSON list.
import { createRequire } from "node:module";
import path from "node:path";

const [form, option, statement] = process.argv.slice(2);
if (form !== "-json" || option !== "-c" || !statement) {
  console.error("usage: duckdb.mjs -json -c STATEMENT");
  process.exit(2);
}
const require = createRequire(path.join(process.env.HOODTRACE_NPM, "node_modules", "x.js"));
const { DuckDBInstance } = require("@duckdb/node-api");
try {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const result = await connection.runAndReadAll(statement);
  console.log(JSON.stringify(result.getRowObjectsJson()));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
