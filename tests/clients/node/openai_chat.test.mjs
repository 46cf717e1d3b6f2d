// The official Node client, chat completions and embeddings.
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";
import { base, CITY, count, idle, last, model, reset, tell, way } from "./way.mjs";

const client = (maxRetries = 0) =>
  new OpenAI({ baseURL: base, apiKey: "sk-fake", maxRetries, defaultHeaders: way.headers });
const messages = [{ role: "system", content: "Be brief." }, { role: "user", content: "What could I cook?" }];
const weather = { type: "function", function: { name: "weather", parameters: {
  type: "object", properties: { city: { type: "string" } } } } };
const clock = { type: "function", function: { name: "clock", parameters: {
  type: "object", properties: { zone: { type: "string" } } } } };

test("an answer", async () => {
  const answer = await client().chat.completions.create({ model: model(), messages });
  assert.match(answer.choices[0].message.content, /The quick way/);
  assert.ok(answer.usage.prompt_tokens > 0 && answer.usage.completion_tokens > 0);
  assert.ok(answer._request_id);
});

test("a stream", async () => {
  const chunks = [];
  for await (const chunk of await client().chat.completions.create({ model: model(), messages, stream: true }))
    chunks.push(chunk);
  assert.ok(chunks.filter((chunk) => chunk.choices[0].delta.content).length > 8);
  assert.equal(chunks.at(-1).choices[0].finish_reason, "stop");
  assert.ok(!chunks.some((chunk) => chunk.usage));
});

test("usage in a stream", async () => {
  const chunks = [];
  const asked = { model: model(), messages, stream: true, stream_options: { include_usage: true } };
  for await (const chunk of await client().chat.completions.create(asked)) chunks.push(chunk);
  assert.deepEqual(chunks.at(-1).choices, []);
  assert.ok(chunks.at(-1).usage.completion_tokens > 0);
});

for (const [name, tools] of [["one tool call", [weather]], ["parallel tool calls", [weather, clock]]])
  for (const stream of [false, true])
    test(`${name}, ${stream ? "streamed" : "plain"}`, async () => {
      const asked = { model: model("tools"), messages, tools };
      const answer = stream
        ? await client().chat.completions.stream(asked).finalChatCompletion()
        : await client().chat.completions.create(asked);
      const said = answer.choices[0].message;
      assert.equal(answer.choices[0].finish_reason, "tool_calls");
      assert.deepEqual(said.tool_calls.map((call) => call.function.name), tools.map((tool) => tool.function.name));
      assert.equal(JSON.parse(said.tool_calls[0].function.arguments).city, CITY);
      const calls = said.tool_calls.map(({ id, type, function: { name, arguments: given } }) =>
        ({ id, type, function: { name, arguments: given } }));
      const results = calls.map((call) => ({ role: "tool", tool_call_id: call.id, content: "sunny" }));
      const talk = [...messages, { role: "assistant", content: said.content, tool_calls: calls }, ...results];
      const end = await client().chat.completions.create({ ...asked, messages: talk });
      assert.match(end.choices[0].message.content, /The quick way/);
      assert.match(JSON.stringify(await last()), /sunny/);
    });

test("the client's own tool loop", async () => {
  const cities = [];
  const run = client().chat.completions.runTools({
    model: model("tools"), messages, stream: true,
    tools: [{ type: "function", function: { ...weather.function, parse: JSON.parse,
      function: ({ city }) => (cities.push(city), "sunny") } }],
  });
  assert.match(await run.finalContent(), /The quick way/);
  assert.deepEqual(cities, [CITY]);
});

test("a schema", async () => {
  const Echo = z.object({ model: z.string() });
  const answer = await client().chat.completions.parse({
    model: model("echo"), messages, response_format: zodResponseFormat(Echo, "echo") });
  assert.equal(answer.choices[0].message.parsed.model, (await last()).model);
});

const classes = { 400: OpenAI.BadRequestError, 401: OpenAI.AuthenticationError, 403: OpenAI.PermissionDeniedError,
  404: OpenAI.NotFoundError, 429: OpenAI.RateLimitError, 500: OpenAI.InternalServerError };
for (const [status, kind] of Object.entries(classes))
  test(`error ${status}`, async () => {
    for (const stream of [false, true])
      await assert.rejects(client().chat.completions.create({ model: model(`e=${status}`), messages, stream }), (error) => {
        assert.equal(error.constructor, kind);
        assert.equal(error.status, Number(status));
        assert.ok(error.error.message && error.type && error.requestID);
        return true;
      });
  });

test("retries", async () => {
  for (const status of [429, 500]) {
    await reset();
    await assert.rejects(client(1).chat.completions.create({ model: model(`e=${status}`), messages }), classes[status]);
    assert.equal(await count(), 2);
  }
});

test("a broken stream", async () => {
  for (const fault of ["cut=6", "errorevent=6"]) {
    const reasons = [];
    await assert.rejects(async () => {
      for await (const chunk of await client().chat.completions.create({ model: model(fault), messages, stream: true }))
        reasons.push(chunk.choices[0]?.finish_reason);
    });
    assert.ok(reasons.length > 0 && reasons.every((reason) => !reason));
  }
});

test("leaving a stream ends it", async () => {
  const stream = await client().chat.completions.create({ model: model("c=200;d=50"), messages, stream: true });
  for await (const _ of stream) break;
  stream.controller.abort();
  assert.ok(await idle());
});

test("embeddings", async (t) => {
  if (way.name === "claude") return t.skip("Anthropic has none");
  const asked = { model: model(), input: ["red wine", "a bicycle"] };
  const vectors = (await client().embeddings.create(asked)).data.map((row) => row.embedding);
  if (way.name !== "litellm") assert.equal((await last()).encoding_format, "base64");
  const plain = await client().embeddings.create({ ...asked, encoding_format: "float" });
  assert.ok(vectors[0].every((value, place) => Math.abs(value - plain.data[0].embedding[place]) < 1e-6));
});

test("models", async () => {
  const names = [];
  for await (const one of client().models.list()) names.push(one.id);
  assert.ok(names.includes("org/model-x:free"));
});

test("a person is known by their user field", async (t) => {
  if (way.direct || way.name === "claude") return t.skip("the fake behind Rapport tells");
  await tell("node-openai", "I'm vegan.");
  const anonymous = new OpenAI({ baseURL: base, apiKey: "x" });
  await anonymous.chat.completions.create({ model: model(), messages, user: "node-openai" });
  const seen = (await last()).messages;
  assert.match(JSON.stringify(seen.slice(0, -1)), /Be brief.*vegan/);
  assert.deepEqual(seen.at(-1), messages.at(-1));
});
