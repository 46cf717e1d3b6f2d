// One line of JSON for each test: its name, and what went wrong.
const told = (error) => (error?.cause?.stack ?? error?.stack ?? String(error)).slice(0, 3000);

export default async function* report(events) {
  for await (const { type, data } of events) {
    if ((type !== "test:pass" && type !== "test:fail") || data.details?.type === "suite" || data.nesting) continue;
    const skipped = data.skip === undefined ? null : data.skip || "skipped";
    yield `${JSON.stringify({ name: data.name, skipped, error: type === "test:fail" ? told(data.details.error) : null })}\n`;
  }
}
