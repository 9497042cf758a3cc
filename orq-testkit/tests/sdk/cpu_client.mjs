// Calls a server by orq.ai's Node SDK as often as it is told to: usage `node cpu.mjs URL`.
//
// Each line of the input is `invoke COUNT TEXT` or `stream COUNT TEXT`. For each it prints how many answers or chunks
// it took in.

import { createInterface } from "node:readline";
import { Orq } from "@orq-ai/node";

const { deployments } = new Orq({ apiKey: "sk-orq-test", serverURL: process.argv[2] });

async function invoke(request) {
  const answer = await deployments.invoke(request);
  return answer.choices[0].message.content === undefined ? 0 : 1;
}

async function stream(request) {
  let chunks = 0;
  for await (const { data } of await deployments.stream(request)) {
    chunks += data.choices.length > 0 ? 1 : 0;
  }
  return chunks;
}

const verbs = { invoke, stream };
for await (const line of createInterface({ input: process.stdin })) {
  const [, verb, count, content] = line.match(/^(\w+) (\d+) (.*)$/);
  let takenIn = 0;
  for (let call = 0; call < Number(count); call += 1) {
    takenIn += await verbs[verb]({ key: "chat", messages: [{ role: "user", content }] });
  }
  console.log(takenIn);
}
