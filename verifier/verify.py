"""Verifies bundles of Runwright with Python 3 and openssl alone: python3 verify.py [--anchor FILE] DIRECTORY...
FILE holds notes of the log's head (`seq hash ...`) that were kept elsewhere. Exit code 9: do not trust a bundle."""
import base64, decimal, functools, hashlib, itertools, json, pathlib, re, subprocess, sys, tempfile
CHECKS = "form sequence chain commitments withheld files notes kept signatures approvals closed".split()
NOTE = re.compile(r"(?:([0-9a-f]{32}) )?(\d{1,15}) ([0-9a-f]{64})(?: ([0-9a-f]{64}) ([A-Za-z0-9+/]{86}==))?")
SUBJECTS = {"terraform.apply": ("plan", "sha256"), "terraform.force-unlock": ("lock", "lockId"),
            "terraform.push-state": ("state", "sha256"), "ecs.update-service": ("taskDefinition", "taskDefinition")}
OLD = ("plan", "lock")  # what was looked at before approvals covered writes
PINS = {"run.started": "runbook", "run.migrated": "to"}
def sha(data): return hashlib.sha256(data if isinstance(data, bytes) else data.encode()).hexdigest()
def number(value):  # the shortest digits that are this number, written as ECMAScript does
    sign, digits, power = decimal.Decimal(repr(value or 0)).normalize().as_tuple()
    digits, point = "".join(map(str, digits)), len(digits) + power
    if 0 < point <= 21: whole, rest, end = digits[:point].ljust(point, "0"), digits[point:], ""
    elif -6 < point <= 0: whole, rest, end = "0", "0" * -point + digits, ""
    else: whole, rest, end = digits[0], digits[1:], f"e{point - 1:+}"
    return "-" * sign + whole + ("." + rest if rest else "") + end
def canonical(value):  # RFC 8785
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in keys) + "}"
    if isinstance(value, list): return "[" + ",".join(map(canonical, value)) + "]"
    if type(value) not in (int, float): return json.dumps(value, ensure_ascii=False)
    if not abs(value) <= 2**53 - 1: raise ValueError(value)
    return number(value)

@functools.lru_cache(None)
def is_signed(key, log, seq, digest, _, signature):
    contents = key, f"runwright head\n{log}\n{seq}\n{digest}\n".encode(), base64.b64decode(signature)
    with tempfile.TemporaryDirectory() as place:
        for name, data in zip(("key", "text", "signature"), contents): pathlib.Path(place, name).write_bytes(data)
        command = "openssl pkeyutl -verify -pubin -inkey key -rawin -in text -sigfile signature"
        return subprocess.run(command.split(), cwd=place, capture_output=True).returncode == 0

def verify(read, kept, need, unknown):
    lines = read("events.jsonl").decode().split("\n")[:-1]  # what follows the last line feed is no event
    export = end["data"] if (end := json.loads(lines[-1]))["type"] == "record.exported" else {"runs": []}
    need(export["runs"], "sequence", "it does not end with its export")
    last, digest, hashes, ended, files, silent, gone, gates, granted = {}, "", {}, set(), set(), [], [], {}, {}
    runs = {run: {} for run in export["runs"]}
    counts = {run: itertools.count(1) for run in export["runs"]}
    for line in lines:
        cut = line.find(',"artifacts":')
        body, data = (line, "") if cut < 0 else (line[:cut] + "}", "{" + line[cut + 1:])
        event, said = json.loads(body), json.loads(data or "null")
        seq, run, kind, where = event["seq"], event["run"], event["type"], f"event {event['seq']}"
        need(canonical(event) == body and (not said or canonical(said) == data), "form", where)
        need(not said or sha(data) == event["commitment"], "commitments", where)
        follows = not last or (seq, event["log"]) == (last["seq"] + 1, last["log"]) and event["at"] >= last["at"]
        need(follows, "sequence", f"{where} does not follow the one before it")
        need(not last or event["prev"] == digest, "chain", f"{where}: expected {digest}, got {event['prev']}")
        last, hashes[str(seq)] = event, (digest := sha("\0" + body))
        if run not in counts: continue
        need(event["rseq"] == next(counts[run]), "sequence", f"{where}: run {run} lacks an event before it")
        if kind in ("run.succeeded", "run.failed", "run.cancelled"): ended.add(run)
        if said:
            files |= {"blobs/" + artifact["sha256"] for artifact in said["artifacts"]}
            if kind in PINS: files.add("runbooks/" + said["data"][PINS[kind]]["source"])
            if kind == "record.pruned": gone += [(seq, name) for name in said["data"]["runs"]]
            allowed(event, said["data"], runs[run], need, unknown, silent)
            approvals(event, said["data"], gates, granted, need, unknown, silent)
        else: silent.append((seq, run))
    for seq, run in silent:
        need(seq in export["withheld"] or any(run == of and seq < at for at, of in gone), "withheld", f"event {seq}")
        for check in ("commitments", "approvals"): unknown(check, f"event {seq} is withheld")
    for run in counts.keys() - ended: unknown("closed", f"run {run} had not ended")
    for name in files: need(sha(read(name)) == name.split("/")[1], "files", f"{name} is missing or another one")
    marks(read("key.pem"), [read("anchors.txt").decode(), kept], hashes, last, need, unknown)

def approvals(event, data, gates, granted, need, unknown, blind):
    kind, name, where = event["type"], (event["run"], data.get("gate")), f"event {event['seq']}: "
    if kind == "gate.opened":
        asked, gates[name] = {key: data[key] for key in data if key not in ("digest", "options", "expiresAt")}, data
        digest = sha(canonical({**asked, "run": event["run"]}))
        need(digest == data["digest"], "approvals", f"{where}expected {data['digest']}, got {digest}")
    elif kind in ("gate.closed", "approval.revoked"): granted.pop(name, 0)
    elif kind == "approval.used" and (name in granted or not blind):  # by the record's clock, as when it was decided
        need(name in granted, "approvals", where + "nobody has approved it")
        need(event["at"][:19] <= granted.get(name, "")[:19], "approvals", where + "the approval had expired")
    elif kind in "approval.granted approval.denied decision.made input.given".split() and (name in gates or not blind):
        digest, expires = (gates[name]["digest"], gates[name]["expiresAt"]) if name in gates else (None, None)
        need(digest == data["digest"], "approvals", where + "it answers nothing that was shown")
        need(not expires or event["at"][:19] <= expires[:19], "approvals", where + "the gate had expired")
        if kind == "approval.granted": granted[name] = min(granted.get(name, "~"), data["useBy"] or "~")
    elif kind == "step.started" and "binds" not in data and (subject := SUBJECTS.get(data["kind"], "?"))[0] in OLD:
        asked = {n: gates[n]["shown"].get("subject", {}).get(subject[0]) for n in gates if n[0] == event["run"]}
        if blind or not any(asked.values()): unknown("approvals", f"{where}no approval of a {subject[0]} is here")
        else: need(data["input"][subject[1]] in [asked.get(n) for n in granted], "approvals", where + "not approved")

def names(who): return list(found.groups()) if (found := re.match(r"(.*) \((?:SUDO_USER=|sudo by )(.+)\)\Z", who)) else [who]

def excluded(known, gate, given, kind, who):  # why this answer at this gate allows nothing
    if kind in ("engine", "practice"): return None if kind == "practice" and known["practice"] else kind
    asked, risk = gate["approvers"], gate["risk"]
    if kind == "policy":
        said = [risk] if known["advance"] is None else known["advance"]
        return None if asked == "anyone" and "approvals" not in gate and risk != "high" and risk in said else kind
    same = lambda other: any(name in names(other) for name in names(who))  # a name from the environment only excludes
    if asked == "others" and same(known["requester"]): return "requester"
    if isinstance(asked, list) and names(who)[0] not in asked: return "not named"
    return "twice" if any(map(same, given)) else None

def approves(gate, choice):  # whether choosing it takes somebody who may approve
    return choice != "cancel" if gate["kind"] == "inDoubt" else any(c.get("option") == choice for c in gate.get("covers", []))

def permit(known, write, at):  # the gate that allows a write (None: it needs none), why it may not begin, who asked last
    step, binds, risk = write["step"], write.get("binds", []), write["risk"]
    effect = known["effects"].get((step, write["key"]))
    named = [g for g in known["grants"] if g["gate"] == effect or g["left"].get(step, 0) > 0]
    timely = [g for g in named if not g["useBy"] or at[:19] <= g["useBy"][:19]]
    if fit := [g for g in timely if all(one in g["binds"] for one in binds)]: return fit[-1]["gate"], None, None
    if risk in ("none", "low") or risk == "medium" and ("accepted" in write or known["cancelled"]): return None, None, None
    for g in timely:
        names = {one.partition(":")[0] for one in g["binds"]}
        if any(one not in g["binds"] and one.partition(":")[0] in names for one in binds): return None, "APPROVAL_VOID", g["gate"]
    last = (timely or named)[-1]["gate"] if named else known["writes"].get(step)
    return None, "APPROVAL_EXPIRED" if named and not timely else "APPROVAL_MISSING", last

def follow(known, kind, data, at, actor):  # what a run's answers allow, event by event; begins as {}
    name, keep = data.get("gate"), lambda held: known.update(grants=[g for g in known["grants"] if held(g)])
    if kind == "run.started":
        known.update(requester=(data["parent"] or {}).get("requester", actor["id"]), cancelled=False, advance=None,
                     practice=(data["target"] or {}).get("practice") is not None, gates={}, grants=[], effects={}, writes={})
    elif kind == "lease.acquired": known["advance"] = data.get("approves", [])
    elif kind == "cancel.requested": known["cancelled"] = True
    elif kind == "run.migrated": known.update(grants=[], effects={}, writes={})
    elif kind == "gate.opened":
        known["gates"][name] = (data, [], [])
        keep(lambda g: g["step"] != data["step"])
    elif kind in ("gate.closed", "approval.denied", "approval.revoked"): keep(lambda g: g["gate"] != name)
    elif kind in ("approval.granted", "decision.made") and name in known["gates"]:
        gate, given, due = known["gates"][name]
        late = gate["expiresAt"] and at[:19] > gate["expiresAt"][:19]
        if late or excluded(known, gate, given, actor["kind"], actor["id"]): return
        given.append(actor["id"]); due += filter(None, [data.get("useBy")])
        said = data["choice"] if kind == "decision.made" else None
        if len(given) >= gate.get("approvals", 1): known["grants"].append({
            "gate": name, "step": gate["step"], "useBy": min(due, default=None), "binds": list(gate.get("binds", [])),
            "left": {c["state"]: c["times"] for c in gate.get("covers", []) if c.get("option") == said}})
    elif kind == "step.started" and (by := data.get("allowedBy")) and known["effects"].get((data["step"], data["key"])) != by:
        known["effects"][data["step"], data["key"]] = known["writes"][data["step"]] = by
        for g in known["grants"]:
            if g["gate"] == by: g["left"][data["step"]] = g["left"].get(data["step"], 0) - 1
    elif kind == "step.succeeded":
        for g in known["grants"]:
            if g["gate"] == known["writes"].get(data["step"]): g["binds"] += data.get("made", [])

def allowed(event, data, known, need, unknown, blind):  # by whom, for what, in time: as the engine has to judge it
    kind, at, actor, where = event["type"], event["at"], event["actor"], f"event {event['seq']}: "
    def fit(holds, why): unknown("approvals", where + why) if blind and not holds else need(holds, "approvals", where + why)
    if known or kind == "run.started":
        gate, given, _ = known.get("gates", {}).get(data.get("gate"), (None, [], []))
        if gate and (kind == "approval.granted" or kind == "decision.made" and approves(gate, data["choice"])):
            fit(not (why := excluded(known, gate, given, actor["kind"], actor["id"])), f"it does not count: {why}")
        if gate and kind == "approval.used": fit(len(given) >= gate.get("approvals", 1), "fewer have approved than have to")
        if kind == "step.started" and data["effect"] == "write" and (known.get("covering") or "binds" in data):
            by, refused, _ = permit(known, data, at)
            fit(not refused and by == data.get("allowedBy"), f"{data['step']}: {refused or by} is not {data.get('allowedBy')}")
            name, field = SUBJECTS.get(data["kind"], ("", ""))
            fit(not name or f"{name}:{data['input'][field]}" in data.get("binds", []), f"{data['step']} does not say its {name}")
        follow(known, kind, data, at, actor)
        if "covers" in data or "binds" in data: known["covering"] = True
    elif not blind: need(False, "approvals", where + "the run has not started")

def marks(key, texts, hashes, last, need, unknown):
    found, kept = ([NOTE.fullmatch(line) for line in text.split("\n") if line] for text in texts)
    notes, kept = ([n.groups()[1:] for n in some if n and n[1] in (None, last["log"])] for some in (found, kept))
    name, near = sha(base64.b64decode(b"".join(key.split(b"\n")[1:-2]))), [note for note in kept if note[0] in hashes]
    need(all(found), "notes", "a line is no note")
    for note in notes: need(hashes.get(note[0]) == note[1], "notes", f"{note} does not agree")
    for note in kept: need(note[2] in (None, name), "kept", f"expected the key {note[2]}, got {name}")
    for note in near: need(note in notes and hashes[note[0]] == note[1], "kept", f"{note} does not agree")
    signed = [note for note in notes if note[2] == name]
    for note in signed: need(is_signed(key, last["log"], *note), "signatures", f"{note} is not signed by {name}")
    covered = max([0] + [int(note[0]) for note in signed if hashes.get(note[0]) == note[1]])
    if covered < last["seq"]: unknown("signatures", f"signed up to event {covered} of {last['seq']}")
    if not near or int(kept[-1][0]) > last["seq"]: unknown("kept", f"{len(near)} of {len(kept)} notes are in its range")

def main(arguments, kept="", code=0):
    if arguments[:1] == ["--anchor"]: kept, arguments = pathlib.Path(arguments[1]).read_text(), arguments[2:]
    for place in map(pathlib.Path, arguments):
        fails, unknowns, read = {}, {}, lambda name: (place / name).read_bytes() if (place / name).is_file() else b""
        try: verify(read, kept, lambda holds, *what: holds or fails.setdefault(*what), unknowns.setdefault)
        except Exception as error: fails.setdefault("form", f"it cannot be read: {error!r}")
        code = 9 if fails else code
        for check in CHECKS:
            word = "FAIL" if check in fails else "UNKNOWN" if check in unknowns else "PASS"
            print(f"{place}  {word:8}{check:12}{fails.get(check, unknowns.get(check, ''))}")
    return code if arguments else 2
if __name__ == "__main__": sys.exit(main(sys.argv[1:]))
