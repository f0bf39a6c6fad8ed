/** Looks for a secret, in every spelling a program may give it, wherever it could have been left. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/** What a program may print that holds the secret; encoded, it may be in the middle of other data. */
export function printed(secret: string): readonly string[] {
  const inside = ["", "x", "xx"].flatMap((before) => {
    const bytes = Buffer.from(`${before}${secret}y`);
    return [bytes.toString("base64"), bytes.toString("base64url")];
  });
  const whole = [...spellingsOf(secret)].filter(([name]) => !name.startsWith("base64"));
  return [...inside, ...whole.map(([, text]) => text)];
}

/** How each spelling of a secret is recognised, worked out apart from the product's own list. */
export function spellingsOf(secret: string): ReadonlyMap<string, string> {
  const bytes = Buffer.from(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  const html = secret
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
  const base64 = [0, 1, 2].map((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    // Characters that mix in a neighbour are another's.
    return [`base64 at ${shift}`, whole.slice(shift === 0 ? 0 : shift + 1, -1)] as const;
  });
  return new Map([
    ["plain", secret],
    ...base64,
    ...base64.map(
      ([name, text]) => [`${name}, url-safe`, text.replaceAll("+", "-").replaceAll("/", "_")] as const,
    ),
    ["hex", bytes.toString("hex")],
    ["HEX", bytes.toString("hex").toUpperCase()],
    ["url", encodeURIComponent(secret)],
    ["form", new URLSearchParams({ x: secret }).toString().slice(2)],
    ["json", json],
    ["json in json", JSON.stringify(json).slice(1, -1)],
    ["html", html],
    ["double quotes of a shell", secret.replaceAll(/[\\"$`]/g, String.raw`\$&`)],
    ["go's json", json.replaceAll("<", "\\u003c").replaceAll(">", "\\u003e").replaceAll("&", "\\u0026")],
  ]);
}

/** Where in these bytes which spellings are. */
export function hitsIn(where: string, content: Buffer | string, secret: string): readonly string[] {
  const bytes = Buffer.from(content);
  return [...spellingsOf(secret)]
    .filter(([, text]) => bytes.includes(text))
    .map(([name]) => `${where}: ${name}`);
}

/** All files below a directory. */
export function filesIn(dir: string): readonly string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

export function hitsInFiles(files: readonly string[], secret: string): readonly string[] {
  return files.flatMap((file) => hitsIn(file, readFileSync(file), secret));
}

/** What others than the owner may look into, with its mode. */
export function openToOthers(dir: string): readonly string[] {
  const inside = readdirSync(dir, { withFileTypes: true, recursive: true });
  return [dir, ...inside.map((entry) => path.join(entry.parentPath, entry.name))].flatMap((name) => {
    const mode = statSync(name).mode & 0o777;
    return (mode & 0o077) === 0 ? [] : [`${name} ${mode.toString(8)}`];
  });
}

/** Looks at the arguments of all processes every few milliseconds; `stop` tells whose had the secret. */
export function watchArguments(secret: string): { readonly stop: () => readonly string[] } {
  const hits = new Set<string>();
  const looks = new Map<string, number>();
  const look = (): void => {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    for (const pid of pids) {
      // A process may put on another program after it has begun, so each is looked at several times.
      const count = (looks.get(pid) ?? 0) + 1;
      looks.set(pid, count);
      if (count > 20 && count % 20 !== 0) continue;
      for (const hit of hitsIn("arguments", argumentsOf(pid), secret)) hits.add(hit);
    }
  };
  const timer = setInterval(look, 10);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return [...hits];
    },
  };
}

function argumentsOf(pid: string): Buffer {
  try {
    return readFileSync(`/proc/${pid}/cmdline`);
  } catch {
    // It has ended since it was listed.
    return Buffer.alloc(0);
  }
}
