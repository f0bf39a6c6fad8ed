/** Every error code with the exit code of a command that ends with it and what the person does next. docs/errors.md lists exactly these. */
export const catalogue = {
  // the command line
  USAGE: { exit: 2, hint: "See `runwright help`." },
  RUNBOOK_UNKNOWN: { exit: 2, hint: "List the runbooks with `runwright list --runbooks`." },
  CONFIG_MALFORMED: { exit: 2, hint: "Correct the file; docs/command-line.md lists the settings." },
  RUNBOOK_BROKEN: { exit: 2, hint: "Fix the runbook file and try again; no run was started." },
  INPUT_MISSING: { exit: 2, hint: "Pass it with `--input name=value`." },
  INPUT_MALFORMED: { exit: 2, hint: "Correct the value and run the command again; no run was started." },
  INPUT_HOLDS_SECRET: {
    exit: 2,
    hint: "Pass a reference such as `env:NAME` or `file:PATH` instead of the value.",
  },
  SECRET_MISSING: {
    exit: 2,
    hint: "Set the variable or file that the reference names, then repeat the command.",
  },
  TTY_NEEDED: { exit: 2, hint: "Run it in a terminal, or use the flag that the message names." },
  AUTO_REFUSED: {
    exit: 2,
    hint: "`--auto` answers only in a practice world: start one with `runwright practice`.",
  },
  SECRET_TOO_SHORT: { exit: 2, hint: "Use a secret of at least six bytes, then repeat the command." },
  RUN_UNKNOWN: { exit: 2, hint: "List the runs with `runwright list`." },
  RUN_ENDED: { exit: 2, hint: "Read it with `runwright show RUN`, or start a new run." },
  // people
  GATE_NOT_OPEN: { exit: 5, hint: "See what the run waits for with `runwright status RUN`." },
  GATE_ANSWERED: {
    exit: 5,
    hint: "See what the run waits for now with `runwright status RUN`: an answer counts once.",
  },
  GATE_CHANGED: { exit: 5, hint: "Look again with `runwright status RUN` and approve what it shows now." },
  GATE_EXPIRED: { exit: 5, hint: "Resume the run: it opens the gate again." },
  APPROVAL_BY_REQUESTER: {
    exit: 5,
    hint: "Ask somebody else to approve: the gate excludes the person who asked for the run.",
  },
  APPROVER_EXCLUDED: {
    exit: 5,
    hint: "Ask somebody whom the gate still waits for: `runwright status RUN`.",
  },
  APPROVAL_USED: {
    exit: 5,
    hint: 'To stop what has begun: `runwright cancel RUN --reason "..."`.',
  },
  APPROVAL_UNKNOWN: {
    exit: 5,
    hint: "See what was approved with `runwright status RUN`; an open gate is answered with `reject`.",
  },
  APPROVAL_DENIED: {
    exit: 5,
    hint: "Nothing has happened. Go another way at the question that follows, or cancel the run.",
  },
  APPROVAL_VOID: {
    exit: 5,
    hint: "Make a new plan, look at it and have it approved: what the message names is not what was approved.",
  },
  RUN_NOT_ENDED: { exit: 5, hint: "Sign when it has ended: see `runwright status RUN`." },
  SIGNER_NOT_A_PERSON: { exit: 5, hint: "Have a person sign it, at a terminal of their own account." },
  SIGN_OFF_STALE: {
    exit: 5,
    hint: "Read `runwright report RUN` again and sign the head that its sign-off block names.",
  },
  CHOICE_UNKNOWN: { exit: 2, hint: "Choose one of the listed options." },
  EVIDENCE_REFUSED: {
    exit: 2,
    hint: "Name another file and repeat the command.",
  },
  REASON_NEEDED: { exit: 2, hint: 'Add `--reason "..."`.' },
  // two at once
  RUN_HELD: { exit: 5, hint: "Watch it with `runwright status RUN`, or stop the other process first." },
  TARGET_HELD: { exit: 5, hint: "Resume or cancel the run that holds the target." },
  TARGET_CHANGED: {
    exit: 5,
    hint: "Log in to the account that the run acts on, then resume.",
  },
  LEASE_LOST: { exit: 5, hint: "Another process drives this run now: watch it with `runwright status RUN`." },
  RUNBOOK_CHANGED: {
    exit: 5,
    hint: "Resume without `--migrate` to continue with the copy that the run started with.",
  },
  // storage and evidence
  DRIVER_MISSING: {
    exit: 1,
    hint: "Build it for this Node: `npm rebuild better-sqlite3`; npm may need this first: `npm install-scripts approve better-sqlite3`.",
  },
  STATE_CORRUPT: { exit: 9, hint: "Keep the file, restore a backup beside it and name that with `--db`." },
  STATE_NEWER: { exit: 9, hint: "Use the version of runwright that wrote it." },
  STATE_ROLLED_BACK: {
    exit: 9,
    hint: 'Find the newer copy; nothing was started. Without one: `runwright accept-rollback --reason "..."`.',
  },
  STATE_BUSY: {
    exit: 5,
    hint: "Look for a suspended runwright (`jobs`, `ps`): let it continue or end it, then repeat the command.",
  },
  STATE_UNWRITABLE: {
    exit: 1,
    hint: "Make the directory writable or name another database with `--db PATH`.",
  },
  HOME_MISSING: {
    exit: 2,
    hint: "Set `HOME`, or the variable that the message names, to a directory that stays and is not the database's.",
  },
  STATE_REMOTE: { exit: 2, hint: "Name a database on a disk of this machine: `--db PATH`." },
  STORAGE_FAILED: { exit: 1, hint: "Free space or repair the disk, then `runwright resume`." },
  RECORD_BROKEN: { exit: 9, hint: "Do not trust this record; keep the database for an audit." },
  RECORD_PRUNED: {
    exit: 2,
    hint: "See what is left, who signed it and why it was pruned: `runwright timeline RUN`.",
  },
  BUNDLE_UNREADABLE: { exit: 9, hint: "Ask for the bundle again; do not trust this one." },
  FILE_EXISTS: { exit: 2, hint: "Name another file; nothing was overwritten and nothing was recorded." },
  // runbook authors
  NOT_JSON: {
    exit: 1,
    hint: "Return plain JSON from the step or mapper; turn numbers that are too large into strings.",
  },
  OUTPUT_MISSING: { exit: 1, hint: "Read the output only on paths on which that step has run." },
  STEP_OUTPUT_MALFORMED: { exit: 1, hint: "Fix the step: its output does not match its own schema." },
  STEP_INPUT_MALFORMED: {
    exit: 1,
    hint: "Fix the runbook: what it passes does not match the step's input.",
  },
  ENDLESS_LOOP: {
    exit: 1,
    hint: "Fix the runbook: each loop needs a step, a question or a wait in it. A parked run continues with `runwright resume RUN --migrate`.",
  },
  SIMULATION_BROKEN: { exit: 1, hint: "Fix the test: give the simulation what the message names." },
  ALREADY_CLAIMED: { exit: 1, hint: "Make a new plan: one plan is applied by one step once." },
  // steps
  STEP_TIMED_OUT: { exit: 1, hint: "Look at the evidence, then retry." },
  STEP_STOPPED: { exit: 1, hint: "Resume the run." },
  CHILD_LOST: { exit: 1, hint: "Nobody saw how the command ended: the engine asks the world what it did." },
  COMMAND_CHANGED: { exit: 1, hint: "Fix the step: each of its commands needs a name of its own." },
  COMMAND_NOT_STARTED: {
    exit: 1,
    hint: "Install the program or correct what the message names, then retry; nothing was started.",
  },
  UNEXPECTED: { exit: 1, hint: "This is a bug: run again with `--debug` and report the stack." },
  CREDENTIALS_MISSING: { exit: 4, hint: "Log in to AWS (for example `aws sso login`), then resume." },
  CREDENTIALS_EXPIRED: { exit: 4, hint: "Renew the AWS credentials, then resume." },
  ACCESS_DENIED: { exit: 1, hint: "Use a role with the permission that the message names, then retry." },
  REGION_MISSING: { exit: 2, hint: "Set AWS_REGION, then repeat the command." },
  AWS_UNREACHABLE: { exit: 1, hint: "Check the network and AWS_ENDPOINT_URL, then retry." },
  AWS_THROTTLED: { exit: 1, hint: "Wait a minute, then retry." },
  AWS_NOT_FOUND: { exit: 1, hint: "Check the name, account and region in the message." },
  AWS_REFUSED: { exit: 1, hint: "Read AWS's message; correct the input or the resource, then retry." },
  TERRAFORM_MISSING: {
    exit: 1,
    hint: "Install terraform 1.10 or newer or set RUNWRIGHT_TERRAFORM, then retry.",
  },
  TERRAFORM_DIR_MISSING: { exit: 2, hint: "Correct the input that names the terraform directory." },
  TERRAFORM_TOO_OLD: { exit: 1, hint: "Install terraform 1.10 or newer, then retry." },
  TERRAFORM_FAILED: { exit: 1, hint: "Read terraform's message with `runwright logs RUN STEP`, then retry." },
  TERRAFORM_INIT_NEEDED: { exit: 1, hint: "Run `terraform init` in the directory, then retry." },
  TERRAFORM_BACKEND_CHANGED: {
    exit: 1,
    hint: "Decide between `terraform init -reconfigure` and `-migrate-state` by hand, then retry.",
  },
  TERRAFORM_LOCKED: { exit: 1, hint: "Find out whether the holder is alive before you unlock; then retry." },
  TERRAFORM_LOCK_UNREADABLE: {
    exit: 1,
    hint: "Find the lock's holder by hand: only an S3 backend with `use_lockfile` keeps a record that can be read.",
  },
  TERRAFORM_LOCK_CHANGED: { exit: 1, hint: "Look at the new holder: it is not the lock that was approved." },
  TERRAFORM_PLAN_STALE: { exit: 1, hint: "Make a new plan and have it approved." },
  TERRAFORM_PLAN_CHANGED: {
    exit: 5,
    hint: "Make a new plan and have it approved: the file is not the approved one.",
  },
  TERRAFORM_RESOURCE_UNKNOWN: { exit: 1, hint: "Check the address with `terraform state list`." },
  TERRAFORM_APPLY_INCOMPLETE: {
    exit: 1,
    hint: "Look at the failed and untouched resources, then plan again.",
  },
  TERRAFORM_STATE_UNSAVED: {
    exit: 1,
    hint: "Save it before any other plan or apply: `runwright run save-state`, or `terraform state push errored.tfstate`.",
  },
  DRIFT_UNCONFIRMED: { exit: 1, hint: "Check the credentials: AWS still has what terraform calls deleted." },
  ECS_REVISION_INACTIVE: {
    exit: 1,
    hint: "Register the definition again (a terraform apply does) and deploy the new revision.",
  },
  ECS_NO_DEPLOYMENT: { exit: 1, hint: "Look at the service's events; deploy again." },
  HTTP_UNREACHABLE: { exit: 1, hint: "Check the address and the load balancer, then retry." },
  HTTP_UNEXPECTED: { exit: 1, hint: "Read the response in the evidence." },
  WEBHOOK_FAILED: { exit: 1, hint: "Check the address; the notification may not have arrived." },
} as const satisfies Record<string, { readonly exit: number; readonly hint: string }>;

export type ErrorCode = keyof typeof catalogue;
