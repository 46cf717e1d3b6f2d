// Anthropic's official Node client: relayed, and translated over a server of OpenAI's format.
import assert from "node:assert/strict";
import { test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import { CITY, count, idle, last, model, reset, tell, way } from "./way.mjs";

const client = (maxRetries = 0) =>
  new Anthropic({ baseURL: way.url, apiKey: "sk-fake", maxRetries, defaultHeaders: way.headers });
const messages = [{ role: "user", content: "What could I cook?" }];
const asked = (words = "") => ({ model: model(words), max_tokens: 100, messages, system: "Be brief." });
const tool = (name, field) => ({ name, input_schema: { type: "object", properties: { [field]: { type: "string" } } } });
const tools = [tool("weather", "city"), tool("clock", "zone")];

test("an answer", async () => {
  const answer = await client().messages.create(asked());
  assert.equal(answer.stop_reason, "end_turn");
  assert.match(answer.content[0].text, /The quick way/);
  assert.ok(answer.usage.input_tokens > 0 && answer.usage.output_tokens > 0);
});

test("an id to ask support about", async () => {
  assert.ok((await client().messages.create(asked()))._request_id);
});

test("a stream", async () => {
  const stream = client().messages.stream(asked());
  const pieces = [];
  stream.on("text", (piece) => pieces.push(piece));
  const whole = await stream.finalMessage();
  assert.ok(pieces.length > 8);
  assert.equal(whole.content[0].text, pieces.join(""));
  assert.equal(whole.stop_reason, "end_turn");
  assert.ok(whole.usage.output_tokens > 0);
});

for (const streamed of [false, true])
  test(`tool use, ${streamed ? "streamed" : "plain"}`, async () => {
    const wanted = { ...asked("tools"), tools };
    const answer = streamed
      ? await client().messages.stream(wanted).finalMessage()
      : await client().messages.create(wanted);
    const uses = answer.content.filter((block) => block.type === "tool_use");
    assert.equal(answer.stop_reason, "tool_use");
    assert.deepEqual(uses.map((use) => use.name), ["weather", "clock"]);
    assert.equal(uses[0].input.city, CITY);
    const said = uses.map(({ type, id, name, input }) => ({ type, id, name, input }));
    const results = uses.map((use) => ({ type: "tool_result", tool_use_id: use.id, content: "sunny" }));
    const end = await client().messages.create({ ...wanted, messages: [...messages,
      { role: "assistant", content: said }, { role: "user", content: results }] });
    assert.match(end.content[0].text, /The quick way/);
    assert.match(JSON.stringify(await last()), /sunny/);
  });

const classes = { 400: Anthropic.BadRequestError, 401: Anthropic.AuthenticationError, 403: Anthropic.PermissionDeniedError,
  404: Anthropic.NotFoundError, 429: Anthropic.RateLimitError, 500: Anthropic.InternalServerError };
for (const [status, kind] of Object.entries(classes))
  test(`error ${status}`, async () => {
    for (const stream of [false, true])
      await assert.rejects(client().messages.create({ ...asked(`e=${status}`), stream }), (error) => {
        assert.equal(error.constructor, kind);
        assert.equal(error.status, Number(status));
        assert.equal(error.error.type, "error");
        assert.ok(error.error.error.message);
        return true;
      });
  });

test("retries", async () => {
  await reset();
  await assert.rejects(client(1).messages.create(asked("e=429")), Anthropic.RateLimitError);
  assert.equal(await count(), 2);
});

test("a broken stream", async () => {
  for (const fault of ["cut=8", "errorevent=8"]) {
    const kinds = [];
    await assert.rejects(async () => {
      for await (const event of await client().messages.create({ ...asked(fault), stream: true })) kinds.push(event.type);
    }, fault);
    assert.ok(!kinds.includes("message_stop"));
  }
});

test("leaving a stream ends it", async () => {
  const stream = await client().messages.create({ ...asked("c=200;d=50"), stream: true });
  for await (const _ of stream) break;
  stream.controller.abort();
  assert.ok(await idle());
});

test("counting tokens", async (t) => {
  if (way.name === "translated") return t.skip("a server of OpenAI's format cannot");
  const { max_tokens, ...rest } = asked();
  assert.ok((await client().messages.countTokens(rest)).input_tokens > 0);
});

test("a person is known by their metadata", async (t) => {
  if (way.direct) return t.skip("the fake behind Rapport tells");
  await tell("node-anthropic", "I'm vegan.");
  const anonymous = new Anthropic({ baseURL: way.url, apiKey: "x" });
  await anonymous.messages.create({ ...asked(), metadata: { user_id: "node-anthropic" } });
  const seen = await last();
  assert.match(JSON.stringify([seen.system, seen.messages.slice(0, -1)]), /Be brief.*vegan/s);
  assert.doesNotMatch(JSON.stringify(seen.messages.at(-1)), /vegan/);
});
