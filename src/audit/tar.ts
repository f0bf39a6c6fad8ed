/** Just enough of the tar format (POSIX ustar) for a bundle: plain files with short names. */

const block = 512;

/** A tar of these files, in a directory of that name. */
export function tar(dir: string, files: ReadonlyMap<string, Uint8Array>, at: Date): Uint8Array {
  const parts = [...files].flatMap(([name, bytes]) => {
    const padding = new Uint8Array((block - (bytes.length % block)) % block);
    return [header(`${dir}/${name}`, bytes.length, at), bytes, padding];
  });
  return Buffer.concat([...parts, new Uint8Array(2 * block)]);
}

function header(name: string, size: number, at: Date): Uint8Array {
  if (Buffer.byteLength(name) > 100) throw new RangeError(`\`${name}\` is too long for a tar.`);
  const bytes = Buffer.alloc(block);
  const fields: readonly (readonly [number, string])[] = [
    [0, name],
    [100, octal(0o600, 7)],
    [108, octal(0, 7)],
    [116, octal(0, 7)],
    [124, octal(size, 11)],
    [136, octal(Math.floor(at.getTime() / 1_000), 11)],
    [148, " ".repeat(8)],
    [156, "0"],
    [257, "ustar\u000000"],
  ];
  for (const [offset, text] of fields) bytes.write(text, offset, "latin1");
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return bytes;
}

function octal(value: number, digits: number): string {
  return `${value.toString(8).padStart(digits, "0")}\0`;
}

/** The plain files in a tar, without the directory that holds them all; undefined when it is no tar. */
export function untar(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> | undefined {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (all.length < block || all.toString("latin1", 257, 262) !== "ustar") return undefined;
  const files = new Map<string, Uint8Array>();
  for (let offset = 0; offset + block <= all.length && all[offset] !== 0;) {
    const text = (from: number, length: number): string =>
      all.toString("utf8", offset + from, offset + from + length).replace(/\0.*$/s, "");
    const size = Number.parseInt(text(124, 12), 8);
    if (!Number.isSafeInteger(size)) return undefined;
    const start = offset + block;
    const name = text(0, 100).replace(/^[^/]*\//, "");
    if (/^[0\0]?$/.test(text(156, 1))) files.set(name, all.subarray(start, start + size));
    offset = start + Math.ceil(size / block) * block;
  }
  return files;
}
