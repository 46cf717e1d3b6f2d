// Vercel's AI SDK over chat completions: its provider for compatible servers, and OpenAI's asked for chat.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, embedMany, generateText, Output, RetryError, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { base, CITY, count, idle, last, model, reset, tell, way } from "./way.mjs";

const compatible = createOpenAICompatible({ name: "rapport", baseURL: base, apiKey: "sk-fake", headers: way.headers,
  includeUsage: true, supportsStructuredOutputs: true });
const openai = createOpenAI({ baseURL: base, apiKey: "sk-fake", headers: way.headers });
const ask = { system: "Be brief.", prompt: "What could I cook?", maxRetries: 0 };
const toolbox = (called) => ({
  weather: tool({ description: "The weather of a city.", inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => (called.push(city), "sunny") }),
  clock: tool({ description: "The time.", inputSchema: z.object({ hour: z.number() }),
    execute: async ({ hour }) => (called.push(hour), "noon") }),
});

for (const [kind, made] of [["compatible", (name) => compatible(name)], ["openai.chat", (name) => openai.chat(name)]]) {
  test(`${kind}: an answer`, async () => {
    const answer = await generateText({ model: made(model()), ...ask });
    assert.match(answer.text, /The quick way/);
    assert.equal(answer.finishReason, "stop");
    assert.ok(answer.usage.inputTokens > 0 && answer.usage.outputTokens > 0);
  });

  test(`${kind}: a stream`, async () => {
    const stream = streamText({ model: made(model()), ...ask });
    const pieces = [];
    for await (const piece of stream.textStream) pieces.push(piece);
    assert.ok(pieces.length > 8);
    assert.match(pieces.join(""), /The quick way/);
    assert.equal(await stream.finishReason, "stop");
    assert.ok((await stream.usage).outputTokens > 0);
  });

  for (const streamed of [false, true])
    test(`${kind}: a tool loop, ${streamed ? "streamed" : "plain"}`, async () => {
      const called = [];
      const asked = { model: made(model("tools")), ...ask, tools: toolbox(called), stopWhen: stepCountIs(3) };
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

  test(`${kind}: a schema, whole and as it fills up`, async () => {
    const asked = { model: made(model("echo")), ...ask, output: Output.object({ schema: z.object({ model: z.string() }) }) };
    assert.equal((await generateText(asked)).output.model, (await last()).model);
    const partial = [];
    for await (const one of streamText(asked).partialOutputStream) partial.push(one);
    assert.equal(partial.at(-1).model, (await last()).model);
  });

  test(`${kind}: errors and retries`, async () => {
    for (const [status, retryable] of [[400, false], [404, false], [429, true], [500, true]])
      await assert.rejects(generateText({ model: made(model(`e=${status}`)), ...ask }), (error) => {
        assert.ok(APICallError.isInstance(error), String(error));
        assert.equal(error.statusCode, status);
        assert.equal(error.isRetryable, retryable);
        assert.ok(error.data.error.message);
        return true;
      });
    await reset();
    await assert.rejects(generateText({ model: made(model("e=429")), ...ask, maxRetries: 1 }), RetryError.isInstance);
    assert.equal(await count(), 2);
  });

  test(`${kind}: a broken stream`, async () => {
    for (const fault of ["cut=6", "errorevent=6"]) {
      const parts = [];
      try {
        for await (const part of streamText({ model: made(model(fault)), ...ask, onError() {} }).fullStream) parts.push(part);
      } catch (error) {
        parts.push({ type: "error", error });
      }
      assert.ok(parts.some((part) => part.type === "error"), fault);
      assert.ok(!parts.some((part) => part.type === "finish" && part.finishReason === "stop"), fault);
    }
  });
}

test("reasoning", async (t) => {
  if (way.name === "claude") return t.skip("thoughts of Anthropic's are asked for otherwise");
  const answer = await generateText({ model: compatible(model("reasoning")), ...ask });
  assert.match(answer.reasoningText, /question is read again/);
});

test("leaving a stream ends it", async () => {
  const leave = new AbortController();
  const stream = streamText({ model: compatible(model("c=200;d=50")), ...ask, abortSignal: leave.signal, onError() {} });
  for await (const _ of stream.textStream) break;
  leave.abort();
  assert.ok(await idle());
});

test("embeddings", async (t) => {
  if (way.name === "claude") return t.skip("Anthropic has none");
  for (const made of [compatible.embeddingModel(model()), openai.embedding(model())]) {
    const { embeddings } = await embedMany({ model: made, values: ["red wine", "a bicycle"], maxRetries: 0 });
    assert.equal(embeddings.length, 2);
    assert.notDeepEqual(embeddings[0], embeddings[1]);
  }
});

test("a person is known by their user field", async (t) => {
  if (way.direct || way.name === "claude") return t.skip("the fake behind Rapport tells");
  await tell("node-vercel", "I'm vegan.");
  const anonymous = createOpenAICompatible({ name: "rapport", baseURL: base, apiKey: "x" });
  await generateText({ model: anonymous(model()), ...ask, providerOptions: { rapport: { user: "node-vercel" } } });
  const seen = (await last()).messages;
  assert.match(JSON.stringify(seen.slice(0, -1)), /Be brief.*vegan/);
  assert.doesNotMatch(JSON.stringify(seen.at(-1)), /vegan/);
});
