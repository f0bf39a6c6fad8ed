#!/usr/bin/env python3
"""Verifies bundles of Runwright with Python 3 and openssl alone: verify.py [--anchor FILE] BUNDLE...
A bundle is a directory or a tar file. FILE holds notes of the log's head (`seq hash ...`) that were kept elsewhere."""
import base64, datetime, functools, hashlib, json, os, re, subprocess, sys, tarfile, tempfile

NOTE = re.compile(r"(?:([0-9a-f]{32}) )?(\d{1,15}) ([0-9a-f]{64})(?: ([0-9a-f]{64}) ([A-Za-z0-9+/]{86}==))?")
CHECKS = "form sequence chain commitments withheld files anchors kept signatures approvals closed".split()
SUBJECTS = {"terraform.apply": ("plan", "sha256"), "terraform.force-unlock": ("lock", "lockId")}
sha = lambda data: hashlib.sha256(data if isinstance(data, bytes) else data.encode()).hexdigest()
time = lambda text: datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()

def canonical(value):  # RFC 8785 without fractions
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in keys) + "}"
    if isinstance(value, list): return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float) or isinstance(value, int) and abs(value) > 2**53 - 1: raise ValueError(value)
    return json.dumps(value, ensure_ascii=False)

@functools.lru_cache(None)
def signed(key, message, signature):
    with tempfile.TemporaryDirectory() as place:
        for name, data in (("key", key), ("message", message), ("signature", signature)):
            with open(os.path.join(place, name), "wb") as file: file.write(data)
        command = "openssl pkeyutl -verify -pubin -inkey key -rawin -in message -sigfile signature"
        return subprocess.run(command.split(), cwd=place, capture_output=True).returncode == 0

def notes_of(text, log):
    found = [NOTE.fullmatch(line) for line in text.split("\n") if line]
    return [note and note.groups()[1:] for note in found if not (note and note[1] not in (None, log))]

def reader(path):
    if os.path.isdir(path): return lambda name: open(os.path.join(path, name), "rb").read()
    with tarfile.open(path) as tar:
        files = {m.name.split("/", 1)[-1]: tar.extractfile(m).read() for m in tar.getmembers() if m.isfile()}
    return files.__getitem__

def verify(read, kept):
    fails, unknown = {}, {}
    def need(holds, check, detail): holds or fails.setdefault(check, detail)
    events, lines = [], read("events.jsonl").decode().split("\n")
    need(lines.pop() == "", "form", "the last line is not whole")
    for line in lines:
        cut = line.find(',"artifacts":')
        body, data = (line, None) if cut < 0 else (line[:cut] + "}", "{" + line[cut + 1:])
        event, said = json.loads(body), data and json.loads(data)
        seq = event["seq"]
        need(canonical(event) == body and (data is None or canonical(said) == data), "form", f"event {seq}")
        need(data is None or sha(data) == event["commitment"], "commitments", f"event {seq}")
        if events:
            last, _, digest = events[-1]
            need(seq == last["seq"] + 1 and event["log"] == last["log"], "sequence", f"event {seq}")
            need(event["at"] >= last["at"], "sequence", f"event {seq}: {event['at']} after {last['at']}")
            need(event["prev"] == digest, "chain", f"event {seq}: expected {digest}, got {event['prev']}")
        events.append((event, said, sha("\0" + body)))
    (last, end, _), log = events[-1], events[0][0]["log"]
    need(last["type"] == "record.exported" and end, "sequence", "the bundle does not end with its export")
    runs = end["data"]["runs"] if end and last["type"] == "record.exported" else []
    for run in runs:
        numbers = [event["rseq"] for event, _, _ in events if event["run"] == run]
        need(numbers and numbers == list(range(1, len(numbers) + 1)), "sequence", f"run {run}: events are missing")
    own = [(event, said) for event, said, _ in events if event["run"] in runs]
    pruned = {(run, e["seq"]) for e, s in own if s and e["type"] == "record.pruned" for run in s["data"]["runs"]}
    for event, said in own:
        if said: continue
        unknown.setdefault("commitments", f"event {event['seq']} is withheld")
        told = event["seq"] in end["data"]["withheld"] or any(r == event["run"] and event["seq"] < s for r, s in pruned)
        need(told, "withheld", f"event {event['seq']}: its data is missing without a word")
    pins = [s["data"]["to" if e["type"] == "run.migrated" else "runbook"]["source"]
            for e, s in own if s and e["type"] in ("run.started", "run.migrated")]
    for digest in {a["sha256"] for _, said in own if said for a in said["artifacts"]} | set(pins):
        try: found = sha(read(("runbooks/" if digest in pins else "blobs/") + digest))
        except (KeyError, OSError): found = "nothing"
        need(found == digest, "files", f"expected {digest}, got {found}")
    anchors(read, kept, {event["seq"]: digest for event, _, digest in events}, last, need, unknown)
    approvals(own, need, unknown)
    for run in runs:
        ended = any(e["run"] == run and e["type"] in ("run.succeeded", "run.failed", "run.cancelled") for e, _ in own)
        ended or unknown.setdefault("closed", f"run {run} had not ended")
    return fails, unknown

def anchors(read, kept, hashes, last, need, unknown):
    log, key = last["log"], read("key.pem")
    name = sha(base64.b64decode("".join(key.decode().split("\n")[1:-2])))
    notes = notes_of(read("anchors.txt").decode(), log)
    kept = kept and [note for note in notes_of(kept, log) if note]
    for note in notes:
        found = note and hashes.get(int(note[0]))
        need(note and found == note[1], "anchors", f"expected {note}, got {found}")
    for note in kept or []:
        need(not note[2] or note[2] == name, "kept", f"expected a key {note[2]}, got {name}")
        if int(note[0]) in hashes: need(note in notes, "kept", f"expected a note {note}")
    if not [note for note in kept or [] if int(note[0]) in hashes]: unknown["kept"] = "nothing to compare with"
    mine, covered = [note for note in notes if note and note[2] == name], 0
    for seq, digest, _, signature in mine:
        message = f"runwright head\n{log}\n{seq}\n{digest}\n".encode()
        need(signed(key, message, base64.b64decode(signature)), "signatures", f"event {seq}: not signed by {name}")
        covered = max(covered, int(seq))
    if covered < last["seq"]: unknown["signatures"] = f"signed up to event {covered} of {last['seq']}"
    if not notes: unknown["anchors"] = "there are no notes"

def approvals(own, need, unknown):
    gates, granted, named, used = {}, {}, set(), set()
    blind = any(not said for _, said in own)
    for event, said in own:
        if not said: continue
        seq, kind, run, data = event["seq"], event["type"], event["run"], said["data"]
        if kind == "gate.opened":
            asked = {key: data[key] for key in data if key not in ("digest", "options", "expiresAt")}
            need(sha(canonical({**asked, "run": run})) == data["digest"], "approvals", f"event {seq}: not what was shown")
            gates[run, data["gate"]] = data
            named |= {(run, key) for key in data["shown"].get("subject", {})}
        elif kind in ("gate.closed", "approval.revoked"): granted.pop((run, data["gate"]), None)
        elif kind in ("approval.granted", "approval.denied", "decision.made", "input.given"):
            gate = gates.get((run, data["gate"]))
            need(gate or blind, "approvals", f"event {seq}: gate {data['gate']} was not open")
            need(not gate or gate["digest"] == data["digest"], "approvals", f"event {seq}: not what was shown")
            late = gate and gate["expiresAt"] and time(event["at"]) > time(gate["expiresAt"]) + 1
            need(not late, "approvals", f"event {seq}: the gate had expired")
            if gate and kind == "approval.granted": granted[run, data["gate"]] = (gate, data.get("useBy"))
        elif kind == "step.started" and data["kind"] in SUBJECTS:
            key, value = SUBJECTS[data["kind"]][0], data["input"][SUBJECTS[data["kind"]][1]]
            found = [g for g in granted if g[0] == run and granted[g][0]["shown"].get("subject", {}).get(key) == value]
            if not found and (blind or (run, key) not in named):
                unknown.setdefault("approvals", f"event {seq}: no approval of {key} {value} is here")
                continue
            need(found, "approvals", f"event {seq}: {key} {value} was not approved")
            for grant in set(found) - used:
                until = granted[grant][1]
                need(not until or time(event["at"]) <= time(until) + 1, "approvals", f"event {seq}: too late")
            used |= set(found)

def main(arguments):
    kept = None
    if arguments[:1] == ["--anchor"]: kept, arguments = open(arguments[1]).read(), arguments[2:]
    broken = False
    for path in arguments:
        try: fails, unknown = verify(reader(path), kept)
        except Exception as error: fails, unknown = {"form": f"unreadable: {error!r}"}, dict.fromkeys(CHECKS, "unreadable")
        print(path)
        for check in CHECKS:
            word = "FAIL" if check in fails else "UNKNOWN" if check in unknown else "PASS"
            print(f"  {word:8}{check:12} {fails.get(check, unknown.get(check, ''))}")
        broken = broken or bool(fails)
    return 9 if broken else 0 if arguments else 2

if __name__ == "__main__": sys.exit(main(sys.argv[1:]))
