// Vercel's AI SDK with OpenAI's provider as it is by default: over the Responses API.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createOpenAI } from "@ai-sdk/openai";
import { APICallError, generateText, Output, RetryError, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { base, CITY, count, last, model, reset, tell, way } from "./way.mjs";

const openai = createOpenAI({ baseURL: base, apiKey: "sk-fake", headers: way.headers });
const ask = { system: "Be brief.", prompt: "What could I cook?", maxRetries: 0 };

test("an answer", async () => {
  const answer = await generateText({ model: openai(model()), ...ask });
  assert.match(answer.text, /The quick way/);
  assert.equal(answer.finishReason, "stop");
  assert.ok(answer.usage.inputTokens > 0 && answer.usage.outputTokens > 0);
  assert.match(answer.providerMetadata.openai.responseId, /^resp_/);
});

test("a stream", async () => {
  const stream = streamText({ model: openai(model()), ...ask });
  const pieces = [];
  for await (const piece of stream.textStream) pieces.push(piece);
  assert.ok(pieces.length > 8);
  assert.match(pieces.join(""), /The quick way/);
  assert.equal(await stream.finishReason, "stop");
  assert.ok((await stream.usage).outputTokens > 0);
});

for (const streamed of [false, true])
  test(`a tool loop, ${streamed ? "streamed" : "plain"}`, async () => {
    const called = [];
    const tools = {
      weather: tool({ description: "The weather of a city.", inputSchema: z.object({ city: z.string() }),
        execute: async ({ city }) => (called.push(city), "sunny") }),
      clock: tool({ description: "The time.", inputSchema: z.object({ hour: z.number() }),
        execute: async ({ hour }) => (called.push(hour), "noon") }),
    };
    const asked = { model: openai(model("tools")), ...ask, tools, stopWhen: stepCountIs(3) };
    let text;
    if (streamed) {
      const stream = streamText(asked);
      await stream.consumeStream();
      text = await stream.text;
    } else text = (await generateText(asked)).text;
    assert.match(text, /The quick way/);
    assert.deepEqual(called, [CITY, 2.5]);
    assert.match(JSON.stringify(await last()), /sunny/);
  });

test("a schema, whole and as it fills up", async () => {
  const asked = { model: openai(model("echo")), ...ask, output: Output.object({ schema: z.object({ model: z.string() }) }) };
  assert.equal((await generateText(asked)).output.model, (await last()).model);
  const partial = [];
  for await (const one of streamText(asked).partialOutputStream) partial.push(one);
  assert.equal(partial.at(-1).model, (await last()).model);
});

test("a conversation by its id", async () => {
  const asked = { model: openai(model("prompt")), maxRetries: 0 };
  const first = await generateText({ ...asked, prompt: "the first thing" });
  const previousResponseId = first.providerMetadata.openai.responseId;
  const second = await generateText(
    { ...asked, prompt: "the second thing", providerOptions: { openai: { previousResponseId } } });
  assert.match(second.text, /the first thing.*the second thing/s);
});

test("a conversation with all that was said", async () => {
  const asked = { model: openai(model("prompt")), maxRetries: 0 };
  const first = await generateText({ ...asked, prompt: "the first thing" });
  const messages = [{ role: "user", content: "the first thing" }, ...first.response.messages,
    { role: "user", content: "the second thing" }];
  const second = await generateText({ ...asked, messages });
  // The SDK sends the id of what the assistant said, not the words; this fake does not look ids up.
  if (!["direct", "native"].includes(way.name)) assert.match(second.text, /"role": "assistant"/);
  assert.match(second.text, /the first thing.*the second thing/s);
});

test("errors and retries", async () => {
  for (const [status, retryable] of [[400, false], [429, true], [500, true]])
    await assert.rejects(generateText({ model: openai(model(`e=${status}`)), ...ask }), (error) => {
      assert.ok(APICallError.isInstance(error), String(error));
      assert.equal(error.statusCode, status);
      assert.equal(error.isRetryable, retryable);
      return true;
    });
  await reset();
  await assert.rejects(generateText({ model: openai(model("e=429")), ...ask, maxRetries: 1 }), RetryError.isInstance);
  assert.equal(await count(), 2);
});

test("a broken stream", async () => {
  for (const fault of ["cut=6", "errorevent=6"]) {
    const parts = [];
    try {
      for await (const part of streamText({ model: openai(model(fault)), ...ask, onError() {} }).fullStream) parts.push(part);
    } catch (error) {
      parts.push({ type: "error", error });
    }
    assert.ok(parts.some((part) => part.type === "error"), fault);
    assert.ok(!parts.some((part) => part.type === "finish" && part.finishReason === "stop"), fault);
  }
});

test("a person is known by their user field", async (t) => {
  if (way.name !== "native") return t.skip("the fake behind Rapport tells");
  await tell("node-vercel-responses", "I'm vegan.");
  const anonymous = createOpenAI({ baseURL: base, apiKey: "x" });
  await generateText({ model: anonymous(model()), ...ask, providerOptions: { openai: { user: "node-vercel-responses" } } });
  const seen = await last();
  assert.match(JSON.stringify(seen), /vegan/);
  assert.doesNotMatch(JSON.stringify(seen.input.at(-1)), /vegan/);
});
