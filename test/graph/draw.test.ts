import { expect, test } from "vitest";
import { createMachine } from "xstate";
import missingSecret from "../../runbooks/missing-secret.ts";
import { redisSg } from "../../runbooks/redis-sg.ts";
import { toAscii } from "../../src/graph/ascii.ts";
import { graphOf, type Graph } from "../../src/graph/graph.ts";
import { toHtml, toSvg } from "../../src/graph/svg.ts";
import { toMermaid } from "../../src/graph/mermaid.ts";
import type { RunPath } from "../../src/graph/path.ts";
import { machineStates } from "../../src/graph/machine-states.ts";
import { toStately } from "../../src/graph/stately.ts";
import type { Runbook } from "../../src/runbook/types.ts";

const both = [
  ["missing-secret", missingSecret],
  ["redis-sg", redisSg],
] as const;

test("the list of a runbook reads from top to bottom, with jumps below their states", () => {
  expect(`\n${toAscii(graphOf(redisSg))}\n`).toBe(`
redis-sg: Admit the API to Redis

  read     ingress    Is the rule missing?            ec2.security-group-ingress
  |                   -> admitted  if admitted
  read     plan       Does the configuration have it?             terraform.plan
  |                   -> failed  if add === 0
  |                   -> save  when it fails and code === "TERRAFORM_STATE_UN...
  gate     approve    Approve the rule
  |                   -> cancelled  when rejected
  write    apply      Apply the rule                  terraform.apply, risk high
  |                   -> save  when it fails and code === "TERRAFORM_STATE_UN...
  |                   -> plan (back)  to try again
  read     admitted   Is it there now?                ec2.security-group-ingress
  read     healthy    Wait until the API is healthy                   http.probe
                      -> succeeded

  child    save       Save the state that terraform could not save    save-state
                      -> ingress (back)
  end      succeeded
  end      failed
  end      cancelled

child runbook save-state: Save a state that terraform could not save
`);
});

test.each(both)(
  "the list of %s fits into 80 columns of plain ASCII and has a row for every state",
  (_, made) => {
    const graph = graphOf(made);
    const text = toAscii(graph);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    const rows = text.split("\n").map((line) => line.slice(11).trim().split(" ")[0]);
    expect(graph.nodes.filter(({ id }) => !rows.includes(id))).toEqual([]);
  },
);

test("a state that does not lead to the one below it has a gap after it", () => {
  expect(toAscii(graphOf(missingSecret))).toMatch(/-> rollout \(back\)\n\n {2}child {4}saveBefore/);
});

test("the path of a run is marked, with what was entered several times", () => {
  const path: RunPath = {
    run: "R-7F3K",
    visits: ["ingress", "plan", "approve", "apply", "plan", "approve", "cancelled"],
  };
  const lines = toAscii(graphOf(redisSg), { path }).split("\n");
  expect(lines.filter((line) => line.startsWith("*")).map((line) => line.replaceAll(/ +/g, " "))).toEqual([
    "* read ingress Is the rule missing? ec2.security-group-ingress",
    "* read plan Does the configuration have it? (2 times) terraform.plan",
    "* gate approve Approve the rule (2 times)",
    "* | -> cancelled when rejected",
    "* write apply Apply the rule terraform.apply, risk high",
    "* | -> plan (back) to try again",
    "* end cancelled",
    "* marks the path of R-7F3K",
  ]);
});

/** Where one can get from each state: what has to be the same in every form. */
function leads(runbook: Runbook): readonly string[] {
  const { places } = machineStates(runbook);
  return places.flatMap(({ id, exits }) =>
    exits.flatMap(({ to, way }) => to.map((target) => `${id} ${way} ${target}`)),
  );
}

test.each(both)("the JSON of %s is plain and makes the same machine in xstate", (_, made) => {
  const json = JSON.parse(JSON.stringify(toStately(made))) as never;
  const machine = createMachine(json);
  const nodes = (node: typeof machine.root): readonly string[] => [
    node.id,
    ...Object.values(node.states).flatMap((child) => nodes(child)),
  ];
  expect(nodes(machine.root)).toEqual(nodes(made.machine.root));
  // What the compiler made inside a state is marked for us; Stately has no use for that.
  for (const id of nodes(machine.root))
    machine.getStateNodeById(id).meta = made.machine.getStateNodeById(id).meta;
  const kindless = (line: string) =>
    line
      .split(" ")
      .filter((_word, index) => index !== 1)
      .join(" ");
  expect(new Set(leads({ ...made, machine }).map(kindless))).toEqual(new Set(leads(made).map(kindless)));
});

test("the Mermaid text has one line a state and one a way, and nothing in it is taken for syntax", () => {
  const graph = graphOf(missingSecret);
  const lines = toMermaid(graph).split("\n");
  expect(lines[0]).toBe("flowchart TD");
  expect(lines).toHaveLength(1 + graph.nodes.length + graph.edges.length);
  for (const line of lines.slice(1)) {
    expect(line).toMatch(
      /^ {2}n\d+(?:[[({/]+"[^"<>|]*(?:<br>[^"<>|]*)*"[\])}/]+| -->(?:\|"[^"<>|]*"\|)? n\d+)$/,
    );
  }
});

test("picture and page hold every state, load nothing, and show text only as text", () => {
  const graph: Graph = { ...graphOf(missingSecret), title: `<script>alert("x")</script>` };
  const path: RunPath = { run: "R-7F3K", visits: ["symptom", "cancelled"] };
  for (const text of [toSvg(graph, { path }), toHtml(graph, { path })]) {
    for (const { id } of graph.nodes) expect(text).toContain(`>${id}<`);
    expect(text).not.toContain("<script");
    expect(text).not.toMatch(/(?:src|href)=|url\((?!#)|@import/);
    expect(text.match(/class="(?:read|end) taken"/g)).toHaveLength(2);
  }
});
