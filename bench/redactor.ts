// How fast the redactor reads ordinary output: megabytes a second of wall time, many times the goal, so that a busy machine meets it too.
import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";
import { Secret } from "../src/model/secret.ts";
import { createRedactor } from "../src/redact/redactor.ts";
import { goal } from "./support/figures.ts";

const chunk = Buffer.from(
  Array.from(
    { length: 2_000 },
    (_, line) =>
      `{"@level":"info","@message":"aws_ecs_service.api[${line}]: Still modifying... [id=arn:aws:ecs:eu-west-1:000000000000:service/x, ${line}s elapsed]"}\n`,
  ).join(""),
);
const base64 = Buffer.from(randomBytes(chunk.length / 2).toString("base64"));

for (const count of [1, 50, 200]) {
  const redactor = createRedactor();
  for (let at = 0; at < count; at++)
    redactor.add(new Secret(`S${at}`, randomBytes(24).toString("base64url")));
  for (const [name, data] of [
    ["terraform JSON", chunk],
    ["base64", base64],
  ] as const) {
    const stream = redactor.stream();
    stream.push(data);
    const rounds = Math.ceil(100_000_000 / data.length);
    const from = performance.now();
    for (let round = 0; round < rounds; round++) stream.push(data);
    const rate = (rounds * data.length) / (performance.now() - from) / 1_000;
    const title = `${count} secrets, ${name}, MB/s`;
    if (count === 50) goal(title, rate, { atLeast: 100 });
    else console.log(`${title.padEnd(32)}${rate.toFixed(0)}`);
  }
}
