import { counted } from "../model/counted.ts";
import { isTrue, objectOf, textAt } from "../model/json-read.ts";
import type { Json } from "../model/json.ts";
import { code, table, text, bullets } from "./markdown.ts";
import type { Report, Section, ReportedRun } from "./record.ts";
import { between, howIdentified, statusOf, when, who } from "./report-text.ts";
import { deploymentsOf } from "./deployments.ts";

/** What it is about, and first of all whether any of it was real. */
export const header: Section = (report) => {
  const { summary } = report.root;
  const { start, run } = summary;
  return [
    `# ${run}: ${text(start.runbook.title)}`,
    ...warnings(report),
    table(["", ""], rows(report)),
    howToRead,
  ];
};

const howToRead =
  "Numbers such as `#12` name events of this run, and `R-7F3K#5` those of a child run. Every event is in the timeline; the files that it left are in the last table.";

function warnings({ root, verified }: Report): readonly string[] {
  const { target } = root.summary.start;
  const world =
    target === null || target.practice === null
      ? []
      : [
          `> **PRACTICE RUN.** Everything below happened in a simulated world (${code(target.practice)}). No real resource was read or changed.`,
        ];
  const broken = verified.checks.some(({ verdict }) => verdict === "fail")
    ? ["> **THIS RECORD DOES NOT VERIFY.** See “Record integrity” before you rely on anything below."]
    : [];
  const standIn = isStandIn(root.summary.start.tools)
    ? [
        "> **STAND-IN TERRAFORM.** The commands below were answered by runwright's stand-in, not by terraform.",
      ]
    : [];
  return [...broken, ...world, ...standIn];
}

function rows({ root }: Report): readonly (readonly string[])[] {
  const { summary, events } = root;
  const { start, followUps, startedAt, endedAt, lastAt } = summary;
  const [first] = events;
  const { target } = start;
  const left = followUps.length === 0 ? "" : `, ${counted(followUps.length, "follow-up")} open`;
  const took = between(startedAt, endedAt ?? lastAt);
  return [
    ["Status", `**${statusOf(summary)}**${left}`],
    ["Run", code(summary.run)],
    ["Runbook", `${code(start.runbook.id)}, source SHA-256 ${code(start.runbook.source)}`],
    ...migrations(root),
    [
      "Target",
      target === null
        ? "none declared"
        : `AWS account ${code(target.account)}, region ${code(target.region)}, terraform directory ${code(target.dir)}, workspace ${code(target.workspace)}`,
    ],
    ["Acted as", start.identity === null ? "no AWS identity was needed" : code(start.identity)],
    [
      "Requested by",
      first === undefined ? "" : `${who(first.actor)}, identified ${howIdentified(first.actor)}`,
    ],
    ...inAdvance(root),
    ["Started", `${when(startedAt)} UTC`],
    [
      "Ended",
      endedAt === null ? `not yet; last event ${when(lastAt)} UTC` : `${when(endedAt)} UTC, after ${took}`,
    ],
    ["Terraform", terraformOf(start.tools)],
    ["Software", softwareOf(start.tools)],
  ];
}

function migrations({ view }: ReportedRun): readonly (readonly string[])[] {
  return view.migrations.map(({ at, data }) => [
    "Runbook changed",
    `${when(at)} UTC: continued with source ${code(data.to.source)}`,
  ]);
}

/** Who said that some gates need not be asked, and while who drove the run. */
function inAdvance({ view }: ReportedRun): readonly (readonly string[])[] {
  return view.leases.flatMap(({ at, rseq, data: { approves, user } }) =>
    approves === undefined
      ? []
      : [
          [
            "Approved in advance",
            `gates of risk ${text(approves.join(", "))}, by ${text(user)}, who drove the run from ${when(at)} UTC (${code(`#${rseq}`)})`,
          ],
        ],
  );
}

function isStandIn(tools: Json): boolean {
  return isTrue(objectOf(tools)["terraform"] ?? null, "standIn");
}

function terraformOf(tools: Json): string {
  const terraform = objectOf(tools)["terraform"] ?? null;
  if (terraform === null) return "not used";
  const version = code(textAt(terraform, "version"));
  return isStandIn(tools)
    ? `**stand-in** for version ${version}`
    : `version ${version}, ${code(textAt(terraform, "file"))}`;
}

function softwareOf(tools: Json): string {
  const known = ["runwright", "node"].map((name) => `${name} ${textAt(tools, name) || "(not recorded)"}`);
  return text(known.join(", "));
}

/** The run in a few sentences, each of them a count of recorded facts. */
export const summarySection: Section = (report) => {
  const { summary } = report.root;
  const took = between(summary.startedAt, summary.endedAt ?? summary.lastAt);
  const passed = summary.criteria.filter(({ verdict }) => verdict === "pass").length;
  const reason = summary.reason === null ? "" : ` Reason recorded: ${text(summary.reason)}.`;
  return [
    "## Summary",
    bullets([
      `${text(summary.start.runbook.title)}: **${statusOf(summary)}** after ${took}.${reason}`,
      `${passed} of ${summary.criteria.length} success criteria pass.`,
      peopleOf(report),
      ...rolloutsOf(report),
      ...report.children.map(
        (child) =>
          `Child run ${code(child.summary.run)} (${text(child.summary.start.runbook.title)}): **${statusOf(child.summary)}**.`,
      ),
      ...troubleOf(report),
      `${counted(summary.followUps.length, "follow-up")} open.`,
    ]),
  ];
};

function peopleOf({ runs }: Report): string {
  const answers = runs.flatMap(({ view }) => view.words);
  const people = [...new Set(answers.map(({ actor }) => actor.id))];
  const granted = answers.filter(({ type }) => type === "approval.granted").length;
  const denied = answers.filter(({ type }) => type === "approval.denied").length;
  const other = answers.length - granted - denied;
  const by = people.length === 0 ? "" : ` by ${people.map(text).join(", ")}`;
  return `${counted(granted, "approval")} granted, ${denied} denied, ${counted(other, "other decision")}${by}.`;
}

function rolloutsOf(report: Report): readonly string[] {
  const deployments = deploymentsOf(report);
  if (deployments.length === 0) return [];
  const told = deployments.map(({ verdict, revision }) => `${text(revision)} ${verdict}`);
  return [`${counted(deployments.length, "deployment")}: ${told.join("; ")}.`];
}

function troubleOf({ runs }: Report): readonly string[] {
  const attempts = runs.flatMap((run) => run.attempts);
  const failed = attempts.filter(({ outcome }) => outcome === "failed").length;
  const doubted = attempts.filter(({ doubts }) => doubts.length > 0).length;
  const resumed = runs.flatMap(({ view }) => view.resumptions).length;
  return [
    ...(failed === 0 ? [] : [`${counted(failed, "attempt")} failed; see “Secondary issues”.`]),
    ...(doubted === 0
      ? []
      : [`The outcome of ${counted(doubted, "attempt")} was in doubt for a time; see “Attempts in doubt”.`]),
    ...(resumed === 0 ? [] : [`The run was taken up again ${resumed === 1 ? "once" : `${resumed} times`}.`]),
  ];
}
