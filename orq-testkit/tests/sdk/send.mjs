// Sends every request of the table by orq.ai's Node SDK: usage `node send.mjs TABLE URL`.
//
// It prints a line of JSON for each: the name, and an error if the SDK refused the arguments.

import { readFileSync } from "node:fs";
import { Orq } from "@orq-ai/node";

/** Maps of the caller's own, in which no key is the SDK's. */
const FREE = new Set(["inputs", "context", "extra_params", "knowledge_filter"]);

/** Arguments as this SDK spells them: `file_ids` is `fileIds`. */
function camelCase(value, path = []) {
  if (Array.isArray(value)) {
    return value.map((item) => camelCase(item, [...path, "[]"]));
  }
  if (value === null || typeof value !== "object") {
    return value;
  }
  const entries = Object.entries(value).map(([key, inner]) => {
    const renamed = key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
    const at = [...path, key];
    // `metadata` of the call and of an identity is free, that of a document isn't.
    const free = FREE.has(key) || (key === "metadata" && path[0] !== "documents");
    return [renamed, free ? inner : camelCase(inner, at)];
  });
  return Object.fromEntries(entries);
}

const [, , table, serverURL] = process.argv;
const { annotations, deployments, feedback } = new Orq({ apiKey: "test-key", serverURL });

/** A request about a span: its metadata isn't free. */
function ofSpan({ traceId, spanId, metadata, ...rest }) {
  return { traceId, spanId, requestBody: { ...rest, metadata: metadata && camelCase(metadata) } };
}

const verbs = {
  invoke: (request, options) => deployments.invoke(request, options),
  stream: async (request, options) => {
    for await (const _ of await deployments.stream(request, options));
  },
  get_config: (request, options) => deployments.getConfig(request, options),
  list: (request, options) => deployments.list(request, options),
  annotate: (request, options) => annotations.create(ofSpan(request), options),
  delete_annotations: (request, options) => annotations.delete(ofSpan(request), options),
  feedback: ({ property, ...rest }, options) => feedback.create({ field: property, ...rest }, options),
};
for (const { name, verb, sdks, arguments: given } of JSON.parse(readFileSync(table, "utf8"))) {
  if (sdks && !sdks.includes("node")) {
    continue;
  }
  let error = null;
  try {
    await verbs[verb](camelCase(given), { headers: { "x-test-name": name } });
  } catch (problem) {
    error = String(problem);
  }
  console.log(JSON.stringify({ name, error }));
}
