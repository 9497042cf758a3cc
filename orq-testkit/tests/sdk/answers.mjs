// orq.ai's Node SDK against the double: usage `node answers.mjs URL`. A line for each check.

import assert from "node:assert/strict";
import { Orq } from "@orq-ai/node";
import { OrqError } from "@orq-ai/node/models/errors/orqerror.js";
import { ResponseValidationError } from "@orq-ai/node/models/errors/responsevalidationerror.js";

const url = process.argv[2];
const everyParameter = {
  key: "rag",
  inputs: { firstname: "Jane", count: 2, deep: { list: [1, null, true] } },
  context: { environments: "staging", locale: ["nl", "en"] },
  prefixMessages: [{ role: "developer", content: "Be brief." }],
  messages: [
    { role: "user", content: [{ type: "text", text: "What of returns?" }], name: "jane" },
    {
      role: "assistant",
      content: null,
      toolCalls: [{ id: "call_1", type: "function", function: { name: "look_up", arguments: "{}" } }],
    },
    { role: "tool", content: "30 days", toolCallId: "call_1" },
  ],
  identity: { id: "contact_01", displayName: "Jane", tags: ["vip"], metadata: [{ plan: "pro" }] },
  fileIds: ["file_1"],
  metadata: { order: 7 },
  extraParams: { temperature: 0.2 },
  documents: [{ text: "Returns are free.", metadata: { fileName: "a.pdf", pageNumber: 2 } }],
  invokeOptions: { includeRetrievals: true, includeUsage: true },
  thread: { id: "thread_1", tags: ["support"] },
  knowledgeFilter: { and: [{ year: { gte: 2020 } }, { kind: { in: ["manual", "faq"] } }] },
};
const everyKey = ["chat", "tools", "image", "reasoning", "rag"];
const user = (text) => [{ role: "user", content: text }];

let failed = 0;
async function check(name, body) {
  try {
    await body();
    console.log(`passed node: ${name}`);
  } catch (error) {
    failed += 1;
    console.error(error);
    console.log(`FAILED node: ${name}: ${String(error).replaceAll("\n", " ")}`);
  }
}

/** The error that a call rejects with. */
async function refusal(call) {
  try {
    await call();
  } catch (error) {
    assert(error instanceof OrqError, `not an error of the API: ${error}`);
    assert(!(error instanceof ResponseValidationError), `not understood: ${error}`);
    return { status: error.statusCode, code: JSON.parse(error.body).error.code };
  }
  throw new Error("the call was answered");
}

const { deployments } = new Orq({ apiKey: "sk-orq-test", serverURL: url });

async function stream(request) {
  const chunks = [];
  for await (const event of await deployments.stream(request)) {
    assert(event.data !== undefined, "a chunk was not understood");
    chunks.push(event.data);
  }
  assert(chunks.length > 0);
  chunks.forEach((chunk, index) => assert.equal(chunk.isFinal, index === chunks.length - 1));
  assert(chunks.at(-1).choices[0].finishReason);
  return chunks;
}

const joined = (chunks, field = "content") =>
  chunks.map((chunk) => chunk.choices[0].message[field] ?? "").join("");

await check("invoke with every parameter", async () => {
  const answer = await deployments.invoke(everyParameter);
  assert.equal(answer.choices[0].message.content, "30 days");
  assert.equal(answer.choices[0].finishReason, "stop");
  assert.equal(answer.usage.totalTokens, answer.usage.promptTokens + answer.usage.completionTokens);
  assert.deepEqual(answer.retrievals.map((found) => found.metadata.pageNumber), [12, null]);
  assert(answer.isFinal && answer.telemetry.traceId);
});

await check("invoke text", async () => {
  const answer = await deployments.invoke({ key: "chat", messages: user("hi") });
  assert.equal(answer.choices[0].message.content, "You said: hi");
  assert.equal(answer.object, "chat");
  assert.equal(answer.usage, undefined);
  assert.equal(answer.retrievals, undefined);
});

await check("invoke variables", async () => {
  const answer = await deployments.invoke({ key: "chat", inputs: { firstname: "Jane" } });
  assert.equal(answer.choices[0].message.content, "You said: Hello, I am Jane.");
});

await check("invoke a variant by context", async () => {
  const context = { environments: "staging" };
  const answer = await deployments.invoke({ key: "chat", context, messages: user("hi") });
  assert.equal(answer.model, "gpt-4o-mini");
  assert.equal(answer.choices[0].message.content, "Staging heard: hi");
});

await check("invoke a tool call, and its result", async () => {
  const inputs = { city: "Utrecht" };
  const [choice] = (await deployments.invoke({ key: "tools", inputs, messages: user("Weather?") })).choices;
  const [call] = choice.message.toolCalls;
  assert.deepEqual([choice.message.type, choice.finishReason], ["tool_calls", "tool_calls"]);
  assert.equal(call.function.name, "get_weather");
  assert.deepEqual(JSON.parse(call.function.arguments), inputs);
  const messages = [
    ...user("Weather?"),
    { role: "assistant", content: null, toolCalls: [call] },
    { role: "tool", content: "18 °C", toolCallId: call.id },
  ];
  const answer = await deployments.invoke({ key: "tools", messages });
  assert.equal(answer.choices[0].message.content, "The tool said: 18 °C");
});

await check("invoke an image", async () => {
  const answer = await deployments.invoke({ key: "image", inputs: { subject: "a cat" } });
  assert.deepEqual([answer.object, answer.choices[0].message.type], ["image", "image"]);
  assert.match(answer.choices[0].message.url, /^https:/);
});

await check("invoke reasoning", async () => {
  const { message } = (await deployments.invoke({ key: "reasoning", messages: user("hi") })).choices[0];
  assert.equal(message.content, "I thought about: hi");
  assert.match(message.reasoning, /The user wrote: hi/);
  assert(message.reasoningSignature);
});

await check("invoke a mock response", async () => {
  const invokeOptions = { mockResponse: "mocked" };
  const answer = await deployments.invoke({ key: "chat", invokeOptions, messages: user("hi") });
  assert.equal(answer.choices[0].message.content, "mocked");
});

await check("stream with every parameter", async () => {
  const chunks = await stream(everyParameter);
  assert.equal(joined(chunks), "30 days");
  assert.equal(chunks.at(-1).retrievals.length, 2);
  assert(chunks.at(-1).usage.totalTokens > 0);
  assert(chunks.slice(0, -1).every((chunk) => !chunk.usage && !chunk.retrievals));
});

await check("stream text", async () => {
  const chunks = await stream({ key: "chat", messages: user("one two three") });
  assert(chunks.length > 3);
  assert.equal(joined(chunks), "You said: one two three");
});

await check("stream a tool call", async () => {
  const inputs = { city: "Utrecht" };
  const chunks = await stream({ key: "tools", inputs, messages: user("Weather?") });
  const calls = chunks.flatMap((chunk) => chunk.choices[0].message.toolCalls ?? []);
  assert(calls[0].id);
  assert.equal(calls.map((call) => call.function.name).join(""), "get_weather");
  assert.deepEqual(JSON.parse(calls.map((call) => call.function.arguments).join("")), inputs);
});

await check("stream an image", async () => {
  assert.match((await stream({ key: "image" })).at(-1).choices[0].message.url, /^https:/);
});

await check("stream reasoning", async () => {
  const chunks = await stream({ key: "reasoning", messages: user("hi") });
  assert.equal(joined(chunks), "I thought about: hi");
  assert.match(joined(chunks, "reasoning"), /The user wrote: hi/);
  assert(joined(chunks, "reasoningSignature"));
});

await check("stream a mock response", async () => {
  const invokeOptions = { mockResponse: "a mocked one" };
  const chunks = await stream({ key: "chat", invokeOptions, messages: user("hi") });
  assert.equal(joined(chunks), "a mocked one");
});

await check("get_config with every parameter", async () => {
  const config = await deployments.getConfig(everyParameter);
  assert.deepEqual([config.provider, config.model, config.version], ["google", "gemini-2.5-flash", "1"]);
});

await check("get_config of every deployment", async () => {
  const configs = {};
  for (const key of everyKey) {
    configs[key] = await deployments.getConfig({ key, inputs: { company: "Acme" } });
  }
  assert.equal(configs.chat.messages[0].content, "You are the assistant of Acme.");
  assert.equal(configs.chat.parameters.maxTokens, 1024);
  assert.equal(configs.tools.tools[0].function.name, "get_weather");
  assert.deepEqual([configs.image.type, configs.image.parameters.responseFormat], ["image", "url"]);
  assert.equal(configs.reasoning.parameters.budgetTokens, 2048);
});

await check("get_config of a variant", async () => {
  const request = { key: "chat", context: { locale: "nl" }, inputs: { firstname: "Jan" } };
  assert.equal((await deployments.getConfig(request)).messages[1].content, "Hallo, ik ben Jan.");
});

await check("list all", async () => {
  const page = await deployments.list();
  assert.deepEqual(page.data.map((item) => item.key), everyKey);
  assert.deepEqual([page.object, page.hasMore], ["list", false]);
  assert.equal(page.data[1].promptConfig.tools[0].function.name, "get_weather");
  for (const item of page.data) {
    assert(item.version && item.created && item.promptConfig.model, item.key);
  }
});

await check("list forward, page by page", async () => {
  const keys = [];
  let page;
  do {
    page = await deployments.list({ limit: 2, startingAfter: page?.data.at(-1).id });
    keys.push(...page.data.map((item) => item.key));
  } while (page.hasMore);
  assert.deepEqual(keys, everyKey);
});

await check("list backward, page by page", async () => {
  const last = (await deployments.list()).data.at(-1);
  const keys = [last.key];
  let before = last.id;
  let page;
  do {
    page = await deployments.list({ limit: 2, endingBefore: before });
    keys.unshift(...page.data.map((item) => item.key));
    before = page.data[0].id;
  } while (page.hasMore);
  assert.deepEqual(keys, everyKey);
});

await check("401 for another key", async () => {
  const stranger = new Orq({ apiKey: "sk-orq-other", serverURL: url }).deployments;
  const expected = { status: 401, code: "invalid_api_key" };
  assert.deepEqual(await refusal(() => stranger.invoke({ key: "chat" })), expected);
  assert.deepEqual(await refusal(() => stranger.stream({ key: "chat" })), expected);
  assert.deepEqual(await refusal(() => stranger.getConfig({ key: "chat" })), expected);
  assert.deepEqual(await refusal(() => stranger.list()), expected);
});

await check("401 without a key", async () => {
  const anonymous = new Orq({ serverURL: url }).deployments;
  const expected = { status: 401, code: "authentication_required" };
  assert.deepEqual(await refusal(() => anonymous.invoke({ key: "chat" })), expected);
});

await check("404 for an unknown deployment", async () => {
  const expected = { status: 404, code: "deployment_not_found" };
  assert.deepEqual(await refusal(() => deployments.invoke({ key: "nobody" })), expected);
  assert.deepEqual(await refusal(() => deployments.stream({ key: "nobody" })), expected);
  assert.deepEqual(await refusal(() => deployments.getConfig({ key: "nobody" })), expected);
});

process.exitCode = failed ? 1 : 0;
