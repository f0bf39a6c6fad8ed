import { messageOf } from "../../model/error.ts";
import type { Redactor } from "../../redact/redactor.ts";
import type { RecordingFile } from "../../store/recordings.ts";
import type { Output, ViewIo } from "../io.ts";
import { terminalColumns } from "../view/terminal-columns.ts";

/** What a view writes, and a recording of it as asciicast v3. */
export interface Recorder {
  /** The same output; whatever is written to it is recorded. */
  readonly stdout: Output;
  readonly close: (exitCode: number | null) => void;
}

export interface RecorderOptions {
  readonly title: string;
  /** Secrets are not on the screen either; this is the second net. */
  readonly redactor: Pick<Redactor, "stream">;
  /** Opens the file; a run is worth more than its recording, so what goes wrong is only told. */
  readonly open: () => RecordingFile;
  readonly onFailure: (why: string) => void;
}

/** A run of days that redraws a clock must not fill the disk. */
const mostBytes = 64 * 1_024 * 1_024;
/** What is assumed of an output that is no terminal. */
const usual = { cols: 120, rows: 40 };

/** Records an output. Questions and what is typed at them are not written through it, so they are not recorded. */
export function createRecorder({ stdout, env, now }: ViewIo, options: RecorderOptions): Recorder {
  const cast = createCast(options, now);
  const size = (): { readonly cols: number; readonly rows: number } =>
    stdout.isTTY ? { cols: terminalColumns(stdout), rows: stdout.rows } : usual;
  const onResize = (): void => cast.event("r", `${size().cols}x${size().rows}`);
  const type = env["TERM"];
  const seconds = Math.floor(now().getTime() / 1_000);
  const term = { ...size(), ...(type === undefined ? {} : { type }) };
  cast.begin({ version: 3, term, timestamp: seconds, title: options.title });
  stdout.on("resize", onResize);
  const stream = options.redactor.stream();
  const decoder = new TextDecoder();
  const said = (bytes: Uint8Array): void => {
    const text = decoder.decode(bytes, { stream: true });
    // A terminal's driver adds the carriage returns; a player has none.
    if (text !== "") cast.event("o", text.replaceAll("\n", "\r\n"));
  };
  return {
    stdout: {
      get isTTY() {
        return stdout.isTTY;
      },
      get columns() {
        return terminalColumns(stdout);
      },
      get rows() {
        return stdout.rows;
      },
      on: (event, listener) => stdout.on(event, listener),
      off: (event, listener) => stdout.off(event, listener),
      write: (text) => {
        said(stream.push(Buffer.from(text)));
        return stdout.write(text);
      },
    },
    close: (exitCode) => {
      stdout.off("resize", onResize);
      said(stream.end());
      if (exitCode !== null) cast.event("x", String(exitCode));
      cast.end();
    },
  };
}

/** The lines of one file: a header, then events with the seconds since the one before. */
function createCast({ open, onFailure }: RecorderOptions, now: () => Date) {
  let file: RecordingFile | null = null;
  let bytes = 0;
  let before = now().getTime();

  function add(value: unknown): void {
    if (file === null) return;
    try {
      const line = JSON.stringify(value);
      bytes += line.length;
      file.add(line);
      if (bytes > mostBytes) end();
    } catch (error) {
      file = null;
      onFailure(messageOf(error));
    }
  }

  function end(): void {
    file?.close();
    file = null;
  }

  return {
    begin: (header: object): void => {
      try {
        file = open();
      } catch (error) {
        onFailure(messageOf(error));
      }
      add(header);
    },
    event: (code: "o" | "r" | "x", data: string): void => {
      // The clock may have been set back.
      const at = Math.max(before, now().getTime());
      add([(at - before) / 1_000, code, data]);
      before = at;
    },
    end,
  };
}
