// The way that these tests are run on (see ../ways.py), and what the fake provider at its end was asked.
import assert from "node:assert/strict";

export const way = JSON.parse(process.env.WAY);
export const base = `${way.url}/v1`;
export const model = (words = "") => (words ? `${way.family};${words}` : way.family);
export const CITY = 'Zürich, 1 "quoted" word';

const ask = async (path) => (await fetch(way.fake + path)).json();
export const last = async () => JSON.parse((await ask("/last")).body);
export const reset = () => ask("/reset");
export const count = async () => (await ask("/requests")).length;

/** Let a person say something, so that a summary of them is there for the next conversation. */
export async function tell(person, text) {
  const body = JSON.stringify({ model: "gpt-4o", user: person, messages: [{ role: "user", content: text }] });
  const answer = await fetch(`${base}/chat/completions`, { method: "POST", body });
  assert.equal(answer.status, 200);
  await answer.text();
}

/** Wait until the fake has nothing to do any more. */
export async function idle() {
  const end = Date.now() + 3000;
  while (Date.now() < end) {
    if ((await ask("/open")).busy === 0) return true;
    await new Promise((done) => setTimeout(done, 20));
  }
  return false;
}
