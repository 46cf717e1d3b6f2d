// The official Node client, the Responses API.
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import { zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";
import { base, CITY, count, last, model, reset, tell, way } from "./way.mjs";

const client = (maxRetries = 0) =>
  new OpenAI({ baseURL: base, apiKey: "sk-fake", maxRetries, defaultHeaders: way.headers });
const input = "What could I cook?";
const tool = (name, field) => ({ type: "function", name, strict: false, parameters: {
  type: "object", properties: { [field]: { type: "string" } } } });
const tools = [tool("weather", "city"), tool("clock", "zone")];

test("an answer", async () => {
  const answer = await client().responses.create({ model: model(), input, instructions: "Be brief." });
  assert.equal(answer.status, "completed");
  assert.match(answer.output_text, /The quick way/);
  assert.ok(answer.usage.input_tokens > 0 && answer.usage.output_tokens > 0);
  assert.ok(answer._request_id);
});

test("a stream", async () => {
  const stream = client().responses.stream({ model: model(), input });
  const kinds = [];
  for await (const event of stream) kinds.push(event.type);
  assert.equal(kinds[0], "response.created");
  assert.equal(kinds.at(-1), "response.completed");
  assert.ok(kinds.filter((kind) => kind === "response.output_text.delta").length > 8);
  assert.match((await stream.finalResponse()).output_text, /The quick way/);
});

for (const kept of [false, true])
  for (const stream of [false, true])
    test(`tool calls, ${stream ? "streamed" : "plain"}, results with ${kept ? "the id" : "the items"}`, async () => {
      const asked = { model: model("tools"), input, tools };
      const answer = stream
        ? await client().responses.stream(asked).finalResponse()
        : await client().responses.create(asked);
      const calls = answer.output.filter((item) => item.type === "function_call");
      assert.deepEqual(calls.map((call) => call.name), ["weather", "clock"]);
      assert.equal(JSON.parse(calls[0].arguments).city, CITY);
      const results = calls.map((call) => ({ type: "function_call_output", call_id: call.call_id, output: "sunny" }));
      const said = answer.output.map(({ parsed_arguments, ...item }) => item);
      const end = await client().responses.create(kept
        ? { ...asked, input: results, previous_response_id: answer.id }
        : { ...asked, input: [{ role: "user", content: input }, ...said, ...results] });
      assert.match(end.output_text, /The quick way/);
      assert.match(JSON.stringify(await last()), /sunny/);
    });

test("a schema", async () => {
  const answer = await client().responses.parse({ model: model("echo"), input,
    text: { format: zodTextFormat(z.object({ model: z.string() }), "echo") } });
  assert.equal(answer.output_parsed.model, (await last()).model);
});

test("a conversation by its id", async () => {
  const first = await client().responses.create({ model: model("prompt"), input: "the first thing" });
  const second = await client().responses.create(
    { model: model("prompt"), input: "the second thing", previous_response_id: first.id });
  assert.match(second.output_text, /the first thing.*the second thing/s);
  const again = await client().responses.retrieve(second.id);
  assert.deepEqual([again.id, again.status, again.previous_response_id], [second.id, "completed", first.id]);
  await client().responses.delete(first.id);
  await assert.rejects(client().responses.retrieve(first.id), OpenAI.NotFoundError);
});

test("errors and retries", async () => {
  for (const [status, kind] of [[400, OpenAI.BadRequestError], [404, OpenAI.NotFoundError], [500, OpenAI.InternalServerError]])
    await assert.rejects(client().responses.create({ model: model(`e=${status}`), input }), kind);
  await reset();
  await assert.rejects(client(1).responses.create({ model: model("e=429"), input, stream: true }), OpenAI.RateLimitError);
  assert.equal(await count(), 2);
});

test("a broken stream", async () => {
  for (const fault of ["cut=6", "errorevent=6"]) {
    const kinds = [];
    try {
      for await (const event of await client().responses.create({ model: model(fault), input, stream: true }))
        kinds.push(event.type);
    } catch {
      kinds.push("error");
    }
    assert.ok(["error", "response.failed"].includes(kinds.at(-1)), kinds.at(-1));
  }
});

test("a person is known by their user field", async (t) => {
  if (way.name !== "native") return t.skip("the fake behind Rapport tells");
  await tell("node-responses", "I'm vegan.");
  const anonymous = new OpenAI({ baseURL: base, apiKey: "x" });
  await anonymous.responses.create({ model: model(), input, instructions: "Be brief.", user: "node-responses" });
  const seen = await last();
  assert.match(seen.instructions, /Be brief.*vegan/s);
  assert.equal(seen.input, input);
});
