import path from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { lineOf, rowsOf } from "../../src/audit/jsonl.ts";
import { auditedRun } from "../support/audited.ts";
import { storedLog } from "../../src/store/stored-rows.ts";

const body = '{"rseq":1,"run":"R-AAAA","seq":7,"type":"run.started"}';

test("a stored event becomes a line, and the line the same row", async () => {
  const { dir } = await auditedRun('an awkward ,"artifacts": note');
  const file = path.join(dir, "state.db");
  const rows = [...storedLog(new Database(file, { readonly: true }), file).rows];
  const lines = rows.map((row) => `${lineOf(row)}\n`).join("");
  expect(rows.length).toBeGreaterThan(5);
  expect(rowsOf(lines)).toEqual(
    rows.map(({ seq, run, rseq, type, body: own, data, hash }) => ({
      seq,
      run,
      rseq,
      type,
      body: own,
      data,
      hash,
    })),
  );
});

test("of an event whose data is withheld there is the envelope alone", () => {
  expect(lineOf({ body, data: null })).toBe(body);
  expect(rowsOf(`${body}\n`)).toMatchObject([
    { seq: 7, run: "R-AAAA", rseq: 1, type: "run.started", body, data: null },
  ]);
});

test("a line that was cut off or is no event is named", () => {
  expect(() => rowsOf(body)).toThrowError("the last line is not whole");
  expect(() => rowsOf(`${body}\n{"seq":"8"}\n`)).toThrowError("line 2 is no event");
  expect(() => rowsOf("nothing\n")).toThrowError("line 1 is no event");
});
